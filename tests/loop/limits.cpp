// SPDX-License-Identifier: BSL-1.0
#include <plumb/loop/limits.hpp>

#include <plumb/loop/async_stream.hpp>
#include <plumb/loop/readiness.hpp>
#include <plumb/loop/scope.hpp>
#include <plumb/loop/together.hpp>

#include <doctest/doctest.h>

#include "descriptors.hpp"
#include "in_loop.hpp"
#include "loopback.hpp"
#include "scarce_descriptors.hpp"

#include <chrono>
#include <optional>
#include <thread>
#include <type_traits>
#include <vector>

#include <unistd.h>

using namespace plumb;
using namespace std::chrono_literals;
using support::on_every_driver;

namespace {

// A connection in a loop on which nothing ever comes.
struct silent {
    tcp::async_socket ours;
    tcp::socket theirs;
    explicit silent(loop& in) {
        auto [one, other] = support::connected<tcp>();
        ours = in.attach(std::move(one)).value();
        theirs = std::move(other);
    }
};

}  // namespace

TEST_CASE("a wait without limits carries none") {
    static_assert(std::is_empty_v<detail::limits<os::native>>);
    CHECK(sizeof(std::declval<tcp::async_socket>().receive()) < sizeof(std::declval<tcp::async_socket>().receive(deadline())));
}

TEST_CASE("the nearer of two limits ends the wait") {
    on_every_driver([](loop& in) -> task<> {
        silent connection(in);
        stop_source stop;
        CHECK((co_await connection.ours.receive(stop.token(), within(1ms))).error() == error(verb::read, condition::timed_out));
        auto request = [&]() -> task<> {
            (co_await in.sleep_for(1ms)).value();
            stop.request_stop();
        };
        auto [read, none] = co_await when_all(connection.ours.receive(within(1h), stop.token()), request());
        CHECK(read.error() == error(verb::read, condition::cancelled));
        CHECK((co_await connection.ours.receive(within(-1s), stop.token())).error() == error(verb::read, condition::cancelled));
    });
}

TEST_CASE("a deadline that has passed lets what has come be taken, though the loop has not been told of it yet") {
    on_every_driver([](loop& in) -> task<> {
        silent connection(in);
        for (std::string_view word : {"one", "two"}) {
            connection.theirs.write_all(word).value();
            CHECK((co_await connection.ours.receive(within(-1s))).value().text() == word);
            CHECK((co_await connection.ours.receive(within(-1s))).error() == error(verb::read, condition::timed_out));
        }
        auto handle = connection.theirs.native_handle();
        CHECK((co_await in.wait(handle, interest::writable, within(-1s))).has_value());
        CHECK((co_await in.wait(handle, interest::readable, within(-1s))).error() == error(verb::wait, condition::timed_out));
    });
}

TEST_CASE("what has come is taken after a stop as well, and others go on meanwhile") {
    on_every_driver([](loop& in) -> task<> {
        silent connection(in);
        connection.theirs.write_all(std::string(2000, 'x')).value();
        stop_source stop;
        stop.request_stop();
        int turns = 0, taken = 0;
        auto take = [&]() -> task<> {
            char one;
            for (auto token = stop.token(); co_await connection.ours.read(mutable_bytes(&one, 1), token);) ++taken;
        };
        auto look = [&]() -> task<> {
            while (taken < 2000) {
                (co_await in.sleep_for(1ns)).value();
                ++turns;
            }
        };
        co_await when_all(take(), look());
        CHECK(taken == 2000);
        CHECK(turns > 10);
    });
}

TEST_CASE("a limit that cannot be reached is none") {
    on_every_driver([](loop& in) -> task<> {
        silent connection(in);
        auto speak = [&, &end = connection.theirs]() -> task<> {
            for (int i = 0; i < 3; ++i) {
                (co_await in.sleep_for(1ms)).value();
                end.write_all("x").value();
            }
        };
        auto listen = [&, &end = connection.ours]() -> task<> {
            CHECK((co_await end.receive(within((std::chrono::hours::max)()))).value().size() == 1);
            CHECK((co_await end.receive(within((timeline::duration::max)()), stop_token())).value().size() == 1);
            CHECK((co_await end.receive(until(forever))).value().size() == 1);
        };
        co_await when_all(speak(), listen());
        CHECK(in.next_timeout() == forever);
    });
}

TEST_CASE("all that wait for the same stop share one watch, which goes with the last of them") {
    on_every_driver([](loop& in) -> task<> {
        silent connection(in);
        stop_source stop;
        (void)co_await in.sleep_for(1ms, stop.token());    // its event is there from now on
        auto before = support::count_descriptors();
        int stopped = 0, passed = 0;
        scope beside(in);
        auto wait = [&](bool briefly) -> task<> {
            auto ended = co_await in.sleep_for(briefly ? timeline::duration(1ms) : timeline::duration(1h), stop.token());
            ++(ended ? passed : stopped);
        };
        for (int i = 0; i < 1000; ++i) beside.spawn(wait(i % 2 == 0));
        CHECK(support::count_descriptors() == before);
        CHECK(in.state().watches.size() == 1);
        (co_await beside.at_most(500)).value();
        CHECK(passed == 500);
        CHECK(in.state().watches.size() == 1);
        std::thread([&] { stop.request_stop(); }).join();
        (co_await beside.join()).value();
        CHECK(stopped == 500);
        CHECK(in.state().watches.empty());
        CHECK(in.next_timeout() == forever);
    });
}

TEST_CASE("each of many stops ends its own waits alone") {
    on_every_driver([](loop& in) -> task<> {
        std::vector<stop_source> stops(20);
        std::vector<int> ended(stops.size());
        scope beside(in);
        auto wait = [&](std::size_t which) -> task<> {
            auto slept = co_await in.sleep_for(1h, stops[which].token());
            if (!slept) ++ended[which];
        };
        for (int round = 0; round < 3; ++round)
            for (std::size_t i = 0; i < stops.size(); ++i) beside.spawn(wait(i));
        for (std::size_t i = 0; i < stops.size(); i += 2) stops[i].request_stop();
        (co_await beside.at_most(30)).value();
        for (std::size_t i = 0; i < stops.size(); ++i) CHECK(ended[i] == (i % 2 == 0 ? 3 : 0));
        CHECK(in.state().watches.size() == 10);
        for (auto& one : stops) one.request_stop();
        (co_await beside.join()).value();
        CHECK(in.state().watches.empty());
    });
}

TEST_CASE("an operation that a limit of its own ends leaves neither a watch nor a timer behind, however it goes") {
    on_every_driver([](loop& in) -> task<> {
        silent connection(in);
        stop_source stop;
        { auto dropped = connection.ours.receive(stop.token(), within(1h)); }    // never awaited
        auto wait = [&]() -> task<> { (void)co_await connection.ours.receive(stop.token(), within(1h)); };
        {
            scope beside(in);
            beside.spawn(wait());
            CHECK(in.state().watches.size() == 1);
            CHECK(in.next_timeout() != forever);
        }
        CHECK(in.state().watches.empty());
        (co_await in.sleep_for(1ms)).value();    // nothing else is set
        CHECK(in.next_timeout() == forever);
        connection.theirs.write_all("x").value();
        CHECK((co_await connection.ours.receive(stop.token(), within(1h))).value().size() == 1);
        CHECK(in.state().watches.empty());
        CHECK(in.state().timers.is_empty());
    });
}

TEST_CASE("without a descriptor to watch a stop with, what need not wait is done, and what must says why it cannot") {
    on_every_driver([](loop& in) -> task<> {
        for (auto is_scarce : {false, true}) {    // first with plenty: to check an object's type for the first time costs a descriptor
            silent connection(in);
            stop_source stop;
            connection.theirs.write_all("x").value();
            std::optional<support::scarce_descriptors> none;
            if (is_scarce) none.emplace();
            auto come = co_await connection.ours.receive(stop.token());
            auto late = co_await connection.ours.receive(stop.token(), within(1ms));
            auto timed = co_await connection.ours.receive(within(1ms));    // a deadline needs none
            none.reset();
            CHECK(come.value().size() == 1);
            auto refusal = is_scarce ? error(verb::read, std::errc::too_many_files_open) : error(verb::read, condition::timed_out);
            CHECK(late.error() == refusal);
            CHECK(timed.error() == error(verb::read, condition::timed_out));
            CHECK((co_await connection.ours.receive(stop.token(), within(1ms))).error() == condition::timed_out);
        }
    });
}
