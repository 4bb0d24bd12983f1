// SPDX-License-Identifier: BSL-1.0
#include <plumb/loop/scope.hpp>

#include <doctest/doctest.h>

#include "in_loop.hpp"

#include <chrono>
#include <stdexcept>

using namespace plumb;
using namespace std::chrono_literals;
using support::on_every_driver;

namespace {

struct counted {
    int& alive;
    explicit counted(int& count) : alive(count) { ++alive; }
    counted(const counted&) = delete;
    ~counted() { --alive; }
};

}  // namespace

TEST_CASE("join waits for all tasks, those that were begun meanwhile as well") {
    on_every_driver([](loop& in) -> task<> {
        scope all(in);
        int ended = 0;
        auto nap = [&](int span) -> task<> {
            (co_await in.sleep_for(std::chrono::milliseconds(span))).value();
            ++ended;
        };
        auto begins_more = [&]() -> task<> {
            (co_await in.sleep_for(20ms)).value();
            all.spawn(nap(2));
            ++ended;
        };
        all.spawn(nap(20));    // long enough to be waited for on a slow machine
        all.spawn(begins_more());
        all.spawn([]() -> task<> { co_return; }());    // ends before it was begun, so to say
        CHECK(all.size() == 2);
        (co_await all.join()).value();
        CHECK(ended == 3);
        CHECK(all.size() == 0);
        (co_await all.join()).value();
    });
}

TEST_CASE("tasks that still wait when the scope goes are destroyed where they wait") {
    on_every_driver([](loop& in) -> task<> {
        int alive = 0;
        auto wait = [&]() -> task<> {
            counted one(alive);
            (void)co_await in.sleep_for(1h);
            FAIL("it went on");
        };
        {
            scope all(in);
            for (int i = 0; i < 100; ++i) all.spawn(wait());
            CHECK(alive == 100);
            (void)co_await in.sleep_for(1ms);
        }
        CHECK(alive == 0);
    });
}

TEST_CASE("stop ends what they wait in, and what they wait in after that") {
    on_every_driver([](loop& in) -> task<> {
        int refused = 0;
        scope all(in);
        auto stubborn = [&]() -> task<> {
            for (int i = 0; i < 3; ++i)
                if (auto slept = co_await in.sleep_for(1h); !slept && slept.error() == condition::cancelled) ++refused;
        };
        for (int i = 0; i < 10; ++i) all.spawn(stubborn());
        all.stop();
        (co_await all.join()).value();
        CHECK(refused == 30);
    });
}

TEST_CASE("a join with a deadline ends without those that it waited for; they run on") {
    on_every_driver([](loop& in) -> task<> {
        scope all(in);
        bool ended = false;
        auto nap = [&]() -> task<> {
            (void)co_await in.sleep_for(20ms);
            ended = true;
        };
        all.spawn(nap());
        CHECK((co_await all.join(within(1ms))).error() == error(verb::wait, condition::timed_out));
        CHECK_FALSE(ended);
        (co_await all.join()).value();
        CHECK(ended);
    });
}

TEST_CASE("join throws what a task has thrown, after all have ended") {
    on_every_driver([](loop& in) -> task<> {
        scope all(in);
        bool ended = false;
        auto fails = [&]() -> task<> {
            (void)co_await in.sleep_for(1ms);
            throw std::runtime_error("on purpose");
        };
        auto nap = [&]() -> task<> {
            (void)co_await in.sleep_for(3ms);
            ended = true;
        };
        all.spawn(fails());
        all.spawn(nap());
        bool caught = false;
        try {
            (void)co_await all.join();
        } catch (const std::runtime_error&) {
            caught = true;
        }
        CHECK(caught);
        CHECK(ended);
        (co_await all.join()).value();
    });
}

TEST_CASE("stopping a task that joins stops those that it waits for, and it goes on when they have ended") {
    on_every_driver([](loop& in) -> task<> {
        int stopped = 0;
        auto wait = [&]() -> task<> {
            if (!co_await in.sleep_for(1h)) ++stopped;
        };
        auto outer = [&]() -> task<> {
            scope own(in);
            own.spawn(wait());
            own.spawn(wait());
            (co_await own.join()).value();
            CHECK(stopped == 2);
        };
        scope all(in);
        all.spawn(outer());
        all.stop();
        (co_await all.join()).value();
        CHECK(stopped == 2);
    });
}
