// SPDX-License-Identifier: BSL-1.0
#include <plumb/os/common_memory.hpp>

#include <doctest/doctest.h>

#include "child.hpp"

#include <limits>
#include <string>

using namespace plumb;

TEST_CASE("what a child writes its parent reads") {
    auto numbers = os::common_memory<int>::of(1000).value();
    CHECK(numbers[0] + numbers[999] == 0);
    auto own = 0;
    CHECK(support::in_child([&] {
        numbers[999] = own = 7;
        return std::string("written");
    }) == "written");
    CHECK(numbers[999] == 7);
    CHECK(own == 0);
    auto moved = std::move(numbers);
    CHECK(moved[999] == 7);
    moved = os::common_memory<int>::of(1).value();
    CHECK(moved[0] == 0);
}

TEST_CASE("none, and more than there can be, are errors") {
    CHECK(os::common_memory<int>::of(0).error() == std::errc::invalid_argument);
    CHECK(os::common_memory<int>::of((std::numeric_limits<std::size_t>::max)()).error() == std::errc::invalid_argument);
    CHECK(os::common_memory<char>::of((std::numeric_limits<std::size_t>::max)() / 2).error() == std::errc::not_enough_memory);
}
