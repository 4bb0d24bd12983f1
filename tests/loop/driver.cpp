// SPDX-License-Identifier: BSL-1.0
#include <plumb/loop/driver.hpp>

#include <plumb/loop/loop.hpp>

#include <doctest/doctest.h>

#if defined(PLUMB_OS_LINUX)
#include "child.hpp"
#include "old_kernel.hpp"
#endif

#include <string>

using namespace plumb;

TEST_CASE("each driver has a name") {
    static_assert(name_of(driver::automatic) == "auto");
    static_assert(name_of(driver::uring) == "uring");
    static_assert(name_of(driver::epoll) == "epoll");
    static_assert(name_of(driver::poll) == "poll");
}

TEST_CASE("a loop that is told a driver stands on it, or on the next best where there is none, and a probe says which of the two") {
    auto best = loop().current_driver();
    CHECK(best != driver::automatic);
    CHECK(loop::probe(driver::automatic).has_value());
    for (auto which : {driver::uring, driver::epoll, driver::poll}) {
        INFO(std::string(name_of(which)));
        CHECK(loop(which).current_driver() == (loop::probe(which) ? which : best));
    }
    CHECK(loop::probe(driver::poll).has_value());
}

#if defined(PLUMB_OS_LINUX)
TEST_CASE("what keeps a driver away is told: a container, an old kernel, too many descriptors") {
    auto told = [](driver which, int call, int why, std::errc wanted) {
        return support::in_child([=] {
            if (!support::forbid_call(call, why)) return std::string("no seccomp here");
            auto there = loop::probe(which);
            return std::string(there ? "it is there" : there.error() == wanted ? "told" : "something else");
        });
    };
    constexpr int ring_setup = 425;
    CHECK(told(driver::uring, ring_setup, EPERM, std::errc::operation_not_permitted) == "told");
    CHECK(told(driver::uring, ring_setup, ENOSYS, std::errc::function_not_supported) == "told");
    CHECK(told(driver::epoll, SYS_epoll_create1, EMFILE, std::errc::too_many_files_open) == "told");
}
#else
TEST_CASE("a driver of another system is told to be none") {
    CHECK(loop::probe(driver::epoll).error() == std::errc::function_not_supported);
}
#endif
