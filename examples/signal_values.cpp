// SPDX-License-Identifier: BSL-1.0
#include <plumb/plumb.hpp>

#include "support/program.hpp"

// Signals and alarms as values: nothing here is called from outside the program's own flow. Whatever comes is waited for, read
// like anything else, and says what it is. Ctrl-C cuts no wait short and interrupts no print.

using namespace plumb;

constexpr auto usage =
    "signal_values [--every=MILLISECONDS] [--signals=N]\n"
    "Tells of an alarm every two seconds, and of each Ctrl-C and kill: what came, and who sent it.\n"
    "  --every=MILLISECONDS    how often the alarm goes off (2000)\n"
    "  --signals=N             ends after so many signals (3)\n";

std::string described(const signal_info& told) {
    auto sender = told.sender == 0 ? std::string("the terminal") : "process " + std::to_string(told.sender);
    return to_string(told.number) + " from " + sender + "\n";
}

int main(int count, char** words) {
    return program::run(usage, count, words, [](program::arguments& given) {
        auto every = std::chrono::milliseconds(given.number("every", 2000));
        auto left = given.number("signals", 3);
        given.end();

        auto signals = signal_reader::open({signal_number::interrupt, signal_number::terminate}).value();
        auto ticking = alarm_clock::every(every).value();
        while (left > 0) {
            if (wait_readable({signals.native_handle(), ticking.native_handle()}).value() == 0) {
                program::print(described(signals.read().value()));
                --left;
            } else {
                auto ticks = ticking.wait().value();
                program::print(ticks == 1 ? "alarm\n" : "alarm, the last of " + std::to_string(ticks) + "\n");
            }
        }
    });
}
