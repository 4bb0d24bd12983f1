// SPDX-License-Identifier: BSL-1.0
#include <plumb/process/alarm_clock.hpp>

#include <plumb/process/sleep.hpp>

#include <doctest/doctest.h>

#include <thread>
#include <type_traits>

using namespace plumb;
using namespace std::chrono_literals;

static_assert(std::is_nothrow_move_constructible_v<alarm_clock> && !std::is_copy_constructible_v<alarm_clock>);

TEST_CASE("an alarm goes off once, not before its time") {
    auto start = os::native::now();
    auto once = alarm_clock::once(30ms).value();
    CHECK(once.wait(within(0s)).error() == condition::timed_out);
    CHECK(once.wait().value() == 1);
    CHECK(os::native::now() - start >= 30ms);
    CHECK(once.wait(within(20ms)).error() == condition::timed_out);
    CHECK(once.wait(within(0s)).error().operation() == verb::alarm);
}

TEST_CASE("an alarm at a moment that is over, or after no time, goes off at once") {
    CHECK(alarm_clock::at(os::native::now() - 1s).value().wait(within(0s)).value() == 1);
    CHECK(alarm_clock::at(instant()).value().wait(within(0s)).value() == 1);
    CHECK(alarm_clock::at(instant() - 1s).value().wait(within(0s)).value() == 1);    // before the clock began
    CHECK(alarm_clock::at(instant::min()).value().wait(within(0s)).value() == 1);
    CHECK(alarm_clock::once(0s).value().wait(within(0s)).value() == 1);
    CHECK(alarm_clock::once(-1h).value().wait(within(0s)).value() == 1);
}

TEST_CASE("an alarm after more time than can be counted never goes off") {
    CHECK(alarm_clock::once(std::chrono::hours::max()).value().wait(within(5ms)).error() == condition::timed_out);
    CHECK(alarm_clock::every(std::chrono::hours::max()).value().wait(within(5ms)).error() == condition::timed_out);
    CHECK(alarm_clock::at(forever).value().wait(within(5ms)).error() == condition::timed_out);
}

TEST_CASE("an interval alarm goes off again and again, and does not drift") {
    auto start = os::native::now();
    auto ticking = alarm_clock::every(10ms).value();
    std::uint64_t count = 0;
    for (int i = 0; i < 5; ++i) count += ticking.wait().value();
    auto took = os::native::now() - start;
    CHECK(took >= count * 10ms);
    CHECK(took < count * 10ms + 10s);
}

TEST_CASE("ticks that were missed are counted, and come at once") {
    auto ticking = alarm_clock::every(1ms).value();
    CHECK(sleep_for(30ms));
    CHECK(ticking.wait(within(0s)).value() >= 29);
    CHECK(ticking.wait().value() >= 1);
}

TEST_CASE("an interval of zero or less is refused") {
    CHECK(alarm_clock::every(0s).error() == std::errc::invalid_argument);
    CHECK(alarm_clock::every(-1ms).error().message() == "alarm: Invalid argument");
}

TEST_CASE("a wait for an alarm ends when a stop is requested") {
    auto once = alarm_clock::once(1h).value();
    stop_source source;
    std::jthread other([&] { source.request_stop(); });
    CHECK(once.wait(source.token()).error() == condition::cancelled);
}

TEST_CASE("an alarm that was moved from or closed is none") {
    auto once = alarm_clock::once(1ms).value();
    auto moved = std::move(once);
    CHECK_FALSE(once.is_open());
    CHECK(once.wait(within(0s)).error() == std::errc::bad_file_descriptor);
    CHECK(moved.wait().value() == 1);
    moved = alarm_clock::once(0s).value();
    CHECK(moved.wait().value() == 1);
    moved.close();
    CHECK(moved.wait().error() == std::errc::bad_file_descriptor);
}
