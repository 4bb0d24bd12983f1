// SPDX-License-Identifier: BSL-1.0
#include <plumb/os/posix/waker.hpp>

#include <plumb/os/native.hpp>

#include <doctest/doctest.h>

#include "descriptors.hpp"

#include <cerrno>
#include <csignal>
#include <sys/time.h>

using namespace plumb;

namespace {

os::waker* to_wake = nullptr;

}  // namespace

TEST_CASE("a waker costs no descriptor until somebody waits, and then one") {
    auto before = support::count_descriptors();
    {
        os::waker waker;
        waker.wake();
        CHECK(support::count_descriptors() == before);
        REQUIRE(waker.open());
        REQUIRE(waker.open());
        CHECK(support::count_descriptors() == before + 1);
    }
    CHECK(support::count_descriptors() == before);
}

TEST_CASE("a signal handler may wake, and errno stays as it was") {
    os::waker waker;
    REQUIRE(waker.open());
    to_wake = &waker;
    struct sigaction action {}, before;
    action.sa_handler = [](int) { to_wake->wake(); };
    ::sigaction(SIGALRM, &action, &before);
    itimerval soon{{0, 0}, {0, 2'000}};
    ::setitimer(ITIMER_REAL, &soon, nullptr);
    while (!waker.is_awake()) (void)os::native::wait({}, (instant::max)(), &waker);
    ::sigaction(SIGALRM, &before, nullptr);
    CHECK(os::native::wait({}, (instant::max)(), &waker) == 0u);

    os::waker other;
    REQUIRE(other.open());
    errno = EXDEV;
    other.wake();
    CHECK(errno == EXDEV);
}
