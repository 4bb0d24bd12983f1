// SPDX-License-Identifier: BSL-1.0
#include <plumb/os/waker.hpp>

#include <plumb/os/native.hpp>

#include <doctest/doctest.h>

#include <thread>
#include <vector>

using namespace plumb;
using namespace std::chrono_literals;

namespace {

using os::native;

constexpr auto for_ever = (instant::max)();

}  // namespace

TEST_CASE("a waker sleeps until it is woken, and then stays awake") {
    os::waker waker;
    CHECK_FALSE(waker.is_awake());
    waker.wake();
    CHECK(waker.is_awake());
    waker.wake();
    CHECK(waker.is_awake());
}

TEST_CASE("a wait ends when a waker is woken from another thread") {
    os::waker waker;
    std::jthread other([&] { waker.wake(); });
    while (!waker.is_awake()) CHECK(native::wait({}, for_ever, &waker) == std::size_t{0});
}

TEST_CASE("a wait on a waker that is awake already ends at once, again and again") {
    SUBCASE("woken before anybody waited") {
        os::waker waker;
        waker.wake();
        for (int i = 0; i < 3; ++i) CHECK(native::wait({}, for_ever, &waker) == std::size_t{0});
    }
    SUBCASE("woken after its handle was made") {
        os::waker waker;
        REQUIRE(waker.open());
        waker.wake();
        for (int i = 0; i < 3; ++i) CHECK(native::wait({}, for_ever, &waker) == std::size_t{0});
    }
}

TEST_CASE("one wake ends the waits of all threads") {
    os::waker waker;
    {
        std::vector<std::jthread> waiters;
        for (int i = 0; i < 8; ++i)
            waiters.emplace_back([&] { while (!waker.is_awake()) (void)native::wait({}, for_ever, &waker); });
        waker.wake();
    }
    CHECK(waker.is_awake());
}

TEST_CASE("a waker that is not woken lets a wait go on to its moment") {
    os::waker waker;
    auto until = native::now() + 30ms;
    int waits = 0;
    for (; native::now() < until; ++waits) CHECK(native::wait({}, until, &waker) == std::size_t{0});
    CHECK(waits <= 20);
    CHECK_FALSE(waker.is_awake());
}

TEST_CASE("the handle of a waker is readable once it is awake, and not before") {
    os::waker waker;
    auto handle = waker.open();
    REQUIRE(handle);
    os::watch watch{*handle, os::interest::readable};
    CHECK(native::wait({&watch, 1}, native::now(), nullptr) == std::size_t{0});
    CHECK_FALSE(watch.ready);
    waker.wake();
    CHECK(native::wait({&watch, 1}, for_ever, nullptr) == std::size_t{1});
    CHECK(watch.ready);
}

TEST_CASE("a waker has one handle, whoever asks for it") {
    os::waker waker;
    std::vector<os::handle> seen(8, os::none);
    {
        std::vector<std::jthread> askers;
        for (auto& mine : seen) askers.emplace_back([&waker, &mine] { mine = waker.open().value(); });
    }
    CHECK(seen.front() != os::none);
    for (auto one : seen) CHECK(one == seen.front());
    CHECK(waker.open() == seen.front());
}

TEST_CASE("a wake while the handle is being made is not lost") {
    for (int i = 0; i < 200; ++i) {
        os::waker waker;
        std::jthread other([&] { waker.wake(); });
        REQUIRE(waker.open());
        while (!waker.is_awake()) (void)native::wait({}, for_ever, &waker);
        CHECK(native::wait({}, for_ever, &waker) == std::size_t{0});
    }
}

TEST_CASE("a waker that was reset sleeps until it is woken again") {
    os::waker waker;
    waker.reset();    // before it has a handle
    auto handle = waker.open();
    REQUIRE(handle);
    os::watch watch{*handle, os::interest::readable};
    for (int i = 0; i < 3; ++i) {
        waker.wake();
        CHECK(waker.is_awake());
        CHECK(native::wait({&watch, 1}, for_ever, nullptr) == std::size_t{1});
        waker.reset();
        CHECK_FALSE(waker.is_awake());
        CHECK(native::wait({&watch, 1}, native::now(), nullptr) == std::size_t{0});
    }
}

TEST_CASE("what is told before each wake is found after a reset, however they meet") {
    constexpr int all = 2'000;
    os::waker waker;
    os::atomic<int> told{0};
    std::jthread other([&] {
        for (int i = 0; i < all; ++i) {
            told.add(1);
            waker.wake();
        }
    });
    os::watch watch{waker.open().value(), os::interest::readable};
    for (int heard = 0; heard < all; heard = told.load()) {
        CHECK(native::wait({&watch, 1}, native::now() + 10s, nullptr) == std::size_t{1});
        waker.reset();
    }
}
