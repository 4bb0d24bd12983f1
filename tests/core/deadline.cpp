// SPDX-License-Identifier: BSL-1.0
#include <plumb/core.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <concepts>
#include <cstdint>
#include <limits>
#include <ratio>

using namespace plumb;
using namespace std::chrono_literals;

namespace {

constexpr instant start(1'000s);

template <class T>
concept accepted_by_until = requires(T moment) { until(moment); };

}  // namespace

// Another clock's time does not compile: plumb's own has no now().
static_assert(accepted_by_until<instant>);
static_assert(!accepted_by_until<std::chrono::steady_clock::time_point> && !accepted_by_until<std::chrono::system_clock::time_point>);
static_assert(!std::convertible_to<std::chrono::seconds, deadline> && !std::convertible_to<instant, deadline>);

TEST_CASE("a deadline starts to count when the operation does") {
    CHECK(within(5s).starting(start) == start + 5s);
    CHECK(within(5s).starting(start + 1s) == start + 6s);
    CHECK(until(start + 5s).starting(start + 1s) == start + 5s);
    CHECK(until(start - 5s).starting(start) == start - 5s);
    static_assert(within(250ms).starting(start) == start + 250ms);
}

TEST_CASE("no deadline is never") {
    CHECK(deadline().is_never());
    CHECK(deadline::never() == deadline());
    CHECK(deadline().starting(start) == (instant::max)());
    CHECK(until((instant::max)()).is_never());
    CHECK_FALSE(within(1ns).is_never());
}

TEST_CASE("zero or less is at once, not for ever") {
    CHECK(within(0s).starting(start) == start);
    CHECK(within(-1s).starting(start) == start);
    CHECK(within(std::chrono::nanoseconds::min()).starting(start) == start);
    CHECK(within(std::chrono::hours::min()).starting(start) == start);
    CHECK(within(std::chrono::duration<double>(-1e300)).starting(start) == start);
    CHECK(within(std::chrono::duration<double>(std::numeric_limits<double>::quiet_NaN())).starting(start) == start);
}

TEST_CASE("huge durations saturate") {
    CHECK(within(std::chrono::nanoseconds::max()).starting(start) == (instant::max)());
    CHECK(within(std::chrono::seconds::max()).starting(start) == (instant::max)());
    CHECK(within(std::chrono::hours::max()).starting(start) == (instant::max)());
    CHECK(within(std::chrono::duration<double>(1e300)).starting(start) == (instant::max)());
    CHECK(within(std::chrono::duration<double>(std::numeric_limits<double>::infinity())).starting(start) == (instant::max)());
    CHECK(within(std::chrono::duration<std::uint64_t, std::ratio<86400>>(UINT64_MAX)).starting(start) == (instant::max)());
    CHECK(within(std::chrono::nanoseconds::max() - 1ns).starting(start) == (instant::max)());     // fits, but not after the start
    CHECK(within(std::chrono::hours(24 * 365 * 100)).starting(start) == start + std::chrono::hours(24 * 365 * 100));
}

TEST_CASE("fractions of a nanosecond are rounded up, never to nothing") {
    using picoseconds = std::chrono::duration<std::int64_t, std::pico>;
    CHECK(within(picoseconds(1)).starting(start) == start + 1ns);
    CHECK(within(picoseconds(1001)).starting(start) == start + 2ns);
    CHECK(within(std::chrono::duration<double>(0.25)).starting(start) == start + 250ms);
}
