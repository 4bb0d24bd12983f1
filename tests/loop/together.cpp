// SPDX-License-Identifier: BSL-1.0
#include <plumb/loop/together.hpp>

#include <doctest/doctest.h>

#include "in_loop.hpp"

#include <algorithm>
#include <chrono>
#include <optional>
#include <stdexcept>
#include <string>
#if !defined(PLUMB_OS_WINDOWS)
#include "scarce_descriptors.hpp"
#endif

using namespace plumb;
using namespace std::chrono_literals;
using support::on_every_driver;

namespace {

task<int> five() { co_return 5; }
task<std::string> late(loop& in, std::chrono::milliseconds span) {
    auto slept = co_await in.sleep_for(span);
    co_return slept ? "slept" : slept.error().reason();
}

}  // namespace

TEST_CASE("when_all gives what each gave, whatever ended first") {
    on_every_driver([](loop& in) -> task<> {
        auto [word, number, none] = co_await when_all(late(in, 2ms), five(), in.sleep_for(1ms));
        CHECK(word == "slept");
        CHECK(number == 5);
        CHECK(none.has_value());
        int ran = 0;
        auto nap = [&]() -> task<> {
            (void)co_await in.sleep_for(1ms);
            ++ran;
        };
        co_await when_all(nap(), nap());
        CHECK(ran == 2);
        auto [first, empty] = co_await when_all(five(), nap());
        CHECK(first == 5);
        static_assert(std::same_as<decltype(empty), nothing>);
    });
}

TEST_CASE("three tasks that give what is std's are awaited where <algorithm> is there as well") {
    on_every_driver([](loop& in) -> task<> {
        auto [one, two, three] = co_await when_all(late(in, 1ms), late(in, 2ms), late(in, 1ms));
        CHECK(one + two + three == "sleptsleptslept");
    });
}

TEST_CASE("the first that ends stops the others, which say so, and all have ended when it is over") {
    on_every_driver([](loop& in) -> task<> {
        auto start = in.now();
        auto [winner, gave] = co_await when_any(late(in, 1h), late(in, 1ms), in.sleep_for(1h));
        CHECK(winner == 1);
        CHECK(std::get<0>(gave) == "A stop was requested");
        CHECK(std::get<1>(gave) == "slept");
        CHECK(std::get<2>(gave).error() == condition::cancelled);
        auto [at_once, both] = co_await when_any(five(), late(in, 1h));
        CHECK(at_once == 0);
        CHECK(std::get<1>(both) == "A stop was requested");
        CHECK(in.now() - start < 1min);
    });
}

TEST_CASE("what one of several throws stops the others and is thrown when they have ended") {
    on_every_driver([](loop& in) -> task<> {
        std::string other;
        auto fails = [&]() -> task<> {
            (void)co_await in.sleep_for(1ms);
            throw std::runtime_error("on purpose");
        };
        auto waits = [&]() -> task<> { other = co_await late(in, 1h); };
        bool caught = false;
        try {
            co_await when_all(waits(), fails());
        } catch (const std::runtime_error&) {
            caught = true;
        }
        CHECK(caught);
        CHECK(other == "A stop was requested");
    });
}

TEST_CASE("a limit ends whatever a task waits in, and what it waits in after that") {
    on_every_driver([](loop& in) -> task<> {
        auto work = [&]() -> task<result<int>> {
            auto first = co_await in.sleep_for(1h);
            CHECK(first.error() == condition::timed_out);
            auto second = co_await in.sleep_for(1h);
            co_return failure(second.error());
        };
        CHECK((co_await limited(in, work(), within(1ms))).error() == condition::timed_out);
        CHECK((co_await limited(in, late(in, 1ms), within(1h))).value() == "slept");
        CHECK((co_await limited(in, late(in, 1h), within(1ms))).error() == error(verb::wait, condition::timed_out));
        CHECK((co_await limited(in, five(), within(-1s))).error() == condition::timed_out);
        stop_source source;
        source.request_stop();
        CHECK((co_await limited(in, in.sleep_for(1h), source.token())).error() == condition::cancelled);
    });
}

TEST_CASE("limits and combinations may stand inside one another, and a stop goes through all of them") {
    on_every_driver([](loop& in) -> task<> {
        auto inner = [&]() -> task<std::string> {
            auto [winner, gave] = co_await when_any(late(in, 1h), late(in, 2h));
            co_return std::get<0>(gave) + std::get<1>(gave);
        };
        auto [said, five_again] = co_await when_all(limited(in, when_all(inner(), late(in, 1h)), within(1ms)), five());
        CHECK(said.error() == condition::timed_out);
        CHECK(five_again == 5);
    });
}

TEST_CASE("what is thrown after a limit was reached is thrown, and not taken for the limit") {
    on_every_driver([](loop& in) -> task<> {
        auto fails = [&]() -> task<int> {
            (void)co_await in.sleep_for(1h);
            throw std::runtime_error("on purpose");
        };
        bool caught = false;
        try {
            (void)co_await limited(in, fails(), within(1ms));
        } catch (const std::runtime_error&) {
            caught = true;
        }
        CHECK(caught);
    });
}

#if !defined(PLUMB_OS_WINDOWS)
TEST_CASE("without a descriptor to watch a stop with, a limited task ends where it has to wait, and says why") {
    on_every_driver([](loop& in) -> task<> {
        for (auto is_scarce : {false, true}) {    // first with plenty: to check an object's type for the first time costs a descriptor
            stop_source stop;
            auto token = stop.token();
            std::optional<support::scarce_descriptors> none;
            if (is_scarce) none.emplace();
            auto waits = co_await limited(in, in.sleep_for(1ms), token);
            auto number = co_await limited(in, late(in, 1ms), token);
            none.reset();
            CHECK(waits.has_value() != is_scarce);
            CHECK(number.has_value() != is_scarce);
            if (!is_scarce) continue;
            CHECK(waits.error() == error(verb::wait, std::errc::too_many_files_open));
            CHECK(number.error() == error(verb::wait, std::errc::too_many_files_open));
        }
    });
}
#endif
