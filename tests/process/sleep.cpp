// SPDX-License-Identifier: BSL-1.0
#include <plumb/process/sleep.hpp>

#include <doctest/doctest.h>

#include <thread>

using namespace plumb;
using namespace std::chrono_literals;

namespace {

// How long something took.
timeline::duration taken(auto&& action) {
    auto start = os::native::now();
    action();
    return os::native::now() - start;
}

}  // namespace

TEST_CASE("a sleep lasts as long as it is asked to, and what is over already takes no time") {
    auto took = taken([] { CHECK(sleep_for(30ms)); });
    CHECK(took >= 30ms);
    auto until = os::native::now() + 20ms;
    CHECK(sleep_until(until));
    CHECK(os::native::now() >= until);
    took = taken([&] {
        CHECK(sleep_until(until));
        CHECK(sleep_for(-1h));
    });
    CHECK(took < 1s);
}

TEST_CASE("a sleep that its deadline ends says so, and one that is over first does not") {
    auto took = taken([] { CHECK(sleep_for(1h, within(30ms)).error() == condition::timed_out); });
    CHECK(took >= 30ms);
    CHECK(took < 10s);
    CHECK(sleep_for(1ms, within(1h)));
}

TEST_CASE("a sleep that a stop ends says so") {
    stop_source source;
    CHECK(sleep_for(1ms, source.token()));
    std::jthread other([&] { source.request_stop(); });
    CHECK(sleep_for(std::chrono::hours::max(), source.token()).error() == condition::cancelled);
    CHECK(sleep_for(1h, source.token()).error().message() == "wait: A stop was requested");
}
