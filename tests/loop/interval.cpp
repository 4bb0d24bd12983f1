// SPDX-License-Identifier: BSL-1.0
#include <plumb/loop/interval.hpp>

#include <plumb/loop/scope.hpp>
#include <plumb/loop/together.hpp>

#include <doctest/doctest.h>

#include "failing_memory.hpp"
#include "in_loop.hpp"

#include <chrono>
#include <utility>
#include <vector>

using namespace plumb;
using namespace std::chrono_literals;
using support::on_every_driver;

TEST_CASE("ticks come one in each period, not before they are due, and do not drift") {
    on_every_driver([](loop& in) -> task<> {
        const auto start = in.now();
        interval every(in, 2ms, start + 2ms);
        for (std::uint64_t ticks = 0; ticks < 20;) {
            auto before = in.now();
            ticks += (co_await every.tick()).value();
            auto passed = in.now() - start;
            CHECK(passed >= ticks * 2ms);
            CHECK(static_cast<std::int64_t>(ticks) >= (before - start) / 2ms);
            CHECK(every.next_due() == start + (ticks + 1) * 2ms);    // on the beat of the start
        }
    });
}

TEST_CASE("the first tick is due one period after the start, or at the moment that is given") {
    loop in;
    auto before = in.now();
    interval later(in, 1h), at_once(in, 1h, before);
    CHECK(later.next_due() >= before + 1h);
    CHECK(later.next_due() <= in.now() + 1h);
    CHECK(at_once.next_due() == before);
    auto first = [&]() -> task<result<std::uint64_t>> { co_return co_await at_once.tick(); };
    CHECK(in.run(first()) == std::uint64_t{1});
    CHECK(at_once.next_due() == before + 1h);
}

TEST_CASE("who comes late is told how many ticks were missed, once, and waits for the next one on the beat") {
    on_every_driver([](loop& in) -> task<> {
        interval every(in, 1h, in.now() - 5 * 1h - 30min);
        CHECK((co_await every.tick()).value() == 6);
        CHECK(every.next_due() > in.now() + 20min);
        CHECK((co_await every.tick(within(1ms))).error() == error(verb::wait, condition::timed_out));
    });
}

TEST_CASE("a limit or a stop of the task ends one wait, and the tick is still to come") {
    on_every_driver([](loop& in) -> task<> {
        interval every(in, 1h);
        const auto due = every.next_due();
        stop_source source;
        auto wait = [&]() -> task<> { CHECK((co_await every.tick(source.token())).error() == error(verb::wait, condition::cancelled)); };
        auto stop = [&]() -> task<> {
            (co_await in.sleep_for(1ms)).value();
            source.request_stop();
        };
        co_await when_all(wait(), stop());
        CHECK((co_await every.tick(source.token())).error() == condition::cancelled);
        CHECK((co_await every.tick(within(0s))).error() == condition::timed_out);
        auto [ended, gave] = co_await when_any(every.tick(), in.sleep_for(1ms));
        CHECK(ended == 1);
        CHECK(std::get<0>(gave).error() == condition::cancelled);
        CHECK((co_await limited(in, every.tick(), within(1ms))).error() == condition::timed_out);
        CHECK(every.next_due() == due);
    });
}

TEST_CASE("a tick that is due already is taken whatever the limits say") {
    on_every_driver([](loop& in) -> task<> {
        stop_source stopped;
        stopped.request_stop();
        interval every(in, 1ns, in.now());
        for (int i = 0; i < 200; ++i) {    // more than may go on without a wait
            CHECK((co_await every.tick(within(0s))).value() > 0);
            CHECK((co_await every.tick(stopped.token())).value() > 0);
        }
    });
}

TEST_CASE("each tick is one coroutine's, however many wait") {
    on_every_driver([](loop& in) -> task<> {
        const auto start = in.now();
        interval pace(in, 1ms, start);
        std::uint64_t ticks = 0;
        auto work = [&]() -> task<> {
            for (int i = 0; i < 5; ++i) {
                auto came = (co_await pace.tick()).value();
                CHECK(came >= 1);
                ticks += came;
                CHECK(in.now() >= start + (ticks - 1) * 1ms);
            }
        };
        co_await when_all(work(), work(), work());
        CHECK(pace.next_due() == start + ticks * 1ms);
    });
}

TEST_CASE("an interval that is always due lets others go on") {
    on_every_driver([](loop& in) -> task<> {
        auto done = false;
        auto spin = [&]() -> task<> {
            interval every(in, 0ms);
            while (!done) (co_await every.tick()).value();
        };
        auto end = [&]() -> task<> {
            (co_await in.sleep_for(1ms)).value();
            done = true;
        };
        co_await when_all(spin(), end());
    });
}

TEST_CASE("a period that is longer than time can count never ticks again, and one of nothing is defined") {
    on_every_driver([](loop& in) -> task<> {
        interval never(in, std::chrono::hours::max()), once(in, std::chrono::hours::max(), in.now());
        CHECK(never.next_due() == forever);
        CHECK((co_await once.tick()).value() == 1);
        CHECK(once.next_due() == forever);
        CHECK((co_await never.tick(within(1ms))).error() == condition::timed_out);
        for (auto period : {0s, -1s}) {
            interval always(in, period);
            CHECK((co_await always.tick()).value() >= 1);
        }
        CHECK((co_await interval(in, 1h, (instant::min)()).tick()).value() >= 1);
    });
}

TEST_CASE("a tick allocates nothing") {
    on_every_driver([](loop& in) -> task<> {
        interval every(in, 100us);
        (co_await every.tick()).value();    // the heap of the timers grows once
        auto before = support::failing_memory::count_made();
        for (int i = 0; i < 10; ++i) (co_await every.tick()).value();
        CHECK(support::failing_memory::count_made() == before);
    });
}

TEST_CASE("a coroutine that waits for a tick may go at any time") {
    on_every_driver([](loop& in) -> task<> {
        interval soon(in, 1ms), never(in, 1h);
        auto wait = [](interval& one) -> task<> { (void)co_await one.tick(within(2h)); };
        {
            scope waiting(in);
            waiting.spawn(wait(soon));
            waiting.spawn(wait(never));
        }
        {
            scope waiting(in);
            waiting.spawn(wait(soon));
            for (auto until = in.now() + 1ms; in.now() < until;) {}    // it is due and has not been taken
        }
        CHECK((co_await soon.tick()).value() >= 1);
    });
}
