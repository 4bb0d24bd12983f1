// SPDX-License-Identifier: BSL-1.0
#include <plumb/loop/children.hpp>

#include <plumb/loop/async_pipe.hpp>
#include <plumb/loop/together.hpp>
#include <plumb/os/signal_reader.hpp>

#include <doctest/doctest.h>

#include "in_loop.hpp"

#include <chrono>
#include <csignal>
#include <string>

using namespace plumb;
using namespace std::chrono_literals;
using support::on_every_driver;

TEST_CASE("a child's end is waited for beside its output") {
    on_every_driver([](loop& in) -> task<> {
        auto child = process::spawn({"sh", "-c", "echo said; exit 3"}, {.output = redirect::pipe}).value();
        auto output = in.attach(std::move(child.output())).value();
        auto [status, said] = co_await all_of(in.wait(child), output.read_to_end<std::string>());
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

TEST_CASE("signals wake a loop: a handler is called in its thread, a reader reads them") {
    on_every_driver([](loop& in) -> task<> {
        int called = 0;
        auto handler = on_signal({signal_number::user_1}, [&] { ++called; }).value();
        auto raise = [&](int number) -> task<> {
            (co_await in.sleep_for(1ms)).value();
            ::raise(number);
        };
        auto [came, none] = co_await all_of(in.wait(handler), raise(SIGUSR1));
        CHECK(came.value() == signal_set{signal_number::user_1});
        CHECK(called == 1);
        CHECK((co_await in.wait(handler, within(1ms))).error() == error(verb::signal, condition::timed_out));
        auto reader = signal_reader::open({signal_number::user_2}).value();
        auto [read, nobody] = co_await all_of(in.wait(reader), raise(SIGUSR2));
        CHECK(read.value().number == signal_number::user_2);
    });
}
