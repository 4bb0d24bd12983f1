// SPDX-License-Identifier: BSL-1.0
// Uses every waiting call of pipes, children, signals and alarms, and prints what came of it: run under strace, which interrupts
// them.
#include <plumb/process.hpp>

#include <csignal>
#include <cstdio>
#include <string>

using namespace plumb;
using namespace std::chrono_literals;

int main() {
    auto signals = signal_reader::open(signal_number::user_1).value();
    auto handler = on_signal(signal_number::user_2, [] { std::printf("handled\n"); }).value();
    for (auto timed : {false, true}) {
        for (int round = 0; round < 4; ++round) {
            auto [reader, writer] = pipe().value();
            std::string heard(5, ' ');
            if (timed) writer.write_all("hello", within(10s)).value();
            else writer.write_all("hello").value();
            if (timed) reader.read_exact(heard, within(10s)).value();
            else reader.read_exact(heard).value();
            std::printf("%s\n", heard.c_str());
            if (reader.read(heard, within(5ms)).error() == condition::timed_out) std::printf("nothing yet\n");

            auto child = process::fork([] { return 7; }).value();
            auto status = (timed ? child.wait(within(10s)) : child.wait()).value();
            std::printf("%d\n", status.code());
            std::printf("%s", process::run({"cat"}, {.input = "fed\n"}).value().output.c_str());

            ::raise(SIGUSR1);
            std::printf("%s\n", to_string((timed ? signals.read(within(10s)) : signals.read()).value().number).c_str());
            ::raise(SIGUSR2);
            (timed ? handler.wait(within(10s)) : handler.wait()).value();
            auto alarm = alarm_clock::once(1ms).value();
            std::printf("%d\n", static_cast<int>((timed ? alarm.wait(within(10s)) : alarm.wait()).value()));
            sleep_for(1ms).value();
        }
    }
}
