// SPDX-License-Identifier: BSL-1.0
#include <plumb/loop/children.hpp>

#include <plumb/loop/async_pipe.hpp>
#include <plumb/loop/scope.hpp>
#include <plumb/loop/together.hpp>
#include <plumb/os/signal_reader.hpp>
#include <plumb/process/alarm_clock.hpp>
#include <plumb/process/sleep.hpp>
#include <plumb/process/fork.hpp>

#include <doctest/doctest.h>

#include "descriptors.hpp"
#include "in_loop.hpp"
#include "sanitized.hpp"

#include <cerrno>
#include <chrono>
#include <csignal>
#include <string>
#include <sys/wait.h>

using namespace plumb;
using namespace std::chrono_literals;
using support::on_every_driver;

TEST_CASE("a child's end is waited for beside its output") {
    on_every_driver([](loop& in) -> task<> {
        auto child = process::spawn({"sh", "-c", "echo said; exit 3"}, {.output = redirect::pipe}).value();
        auto output = in.attach(std::move(child.output())).value();
        auto [status, said] = co_await when_all(in.wait(child), output.read_to_end<std::string>());
        CHECK(status.value().code() == 3);
        CHECK(said.value() == "said\n");
        CHECK((co_await in.wait(child)).value().code() == 3);
    });
}

TEST_CASE("a child that runs on is waited for until a limit comes") {
    on_every_driver([](loop& in) -> task<> {
        auto child = process::spawn({"sleep", "60"}).value();
        CHECK((co_await in.wait(child, within(2ms))).error() == error(verb::wait, condition::timed_out));
        child.kill().value();
        CHECK((co_await in.wait(child, within(10s))).value().signal() == signal_number::kill);
    });
}

TEST_CASE("hundreds of children that end together, again and again, are all collected, each with its own status, and leave nothing") {
    constexpr int rounds = 2, at_once = support::is_sanitized ? 50 : 500;
    on_every_driver([](loop& in) -> task<> {
        auto open = support::count_descriptors();
        int right = 0;
        auto await_end = [&](process child, int code) -> task<> {
            auto status = co_await in.wait(child);
            right += status && status->exited() && status->code() == code;
        };
        for (int round = 0; round < rounds; ++round) {
            scope waiting(in);
            {
                auto gate = pipe().value();
                for (int code = 0; code < at_once; ++code) {
                    auto until_it_opens = [code](pipe_reader closed) {
                        (void)closed.read_to_end<std::string>();
                        return code % 256;
                    };
                    auto child = process::fork(until_it_opens, gate.reader.duplicate().value());
                    waiting.spawn(await_end(std::move(child).value(), code % 256));
                }
            }
            (co_await waiting.join()).value();
        }
        CHECK(right == rounds * at_once);
        CHECK((::waitpid(-1, nullptr, WNOHANG) == -1 && errno == ECHILD));    // no zombie
        CHECK(support::count_descriptors() == open);
    });
}

TEST_CASE("signals wake a loop: a handler is called in its thread, a reader reads them") {
    on_every_driver([](loop& in) -> task<> {
        int called = 0;
        auto handler = on_signal({signal_number::user_1}, [&] { ++called; }).value();
        auto raise = [&](int number) -> task<> {
            (co_await in.sleep_for(1ms)).value();
            ::raise(number);
        };
        auto [came, none] = co_await when_all(in.wait(handler), raise(SIGUSR1));
        CHECK(came.value() == signal_set{signal_number::user_1});
        CHECK(called == 1);
        CHECK((co_await in.wait(handler, within(1ms))).error() == error(verb::signal, condition::timed_out));
        auto reader = signal_reader::open({signal_number::user_2}).value();
        auto [read, nobody] = co_await when_all(in.wait(reader), raise(SIGUSR2));
        CHECK(read.value().number == signal_number::user_2);
    });
}

TEST_CASE("an alarm is waited for beside what else the loop does, and how often it went off is told") {
    on_every_driver([](loop& in) -> task<> {
        auto once = alarm_clock::once(2ms).value();
        auto other = 0;
        auto nap = [&]() -> task<> {
            (co_await in.sleep_for(1ms)).value();
            ++other;
        };
        auto [rang, none] = co_await when_all(in.wait(once, within(10s)), nap());
        CHECK(rang.value() == 1);
        CHECK(other == 1);
        CHECK((co_await in.wait(once, within(1ms))).error() == error(verb::alarm, condition::timed_out));
        auto often = alarm_clock::every(1ms).value();
        sleep_for(3ms).value();    // missed here, and counted
        CHECK((co_await in.wait(often)).value() >= 3);
        often.close();
        CHECK((co_await in.wait(often)).error() == error(verb::alarm, std::errc::bad_file_descriptor));
    });
}
