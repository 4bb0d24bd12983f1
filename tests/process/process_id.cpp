// SPDX-License-Identifier: BSL-1.0
#include <plumb/process/process_id.hpp>

#include <doctest/doctest.h>

using namespace plumb;

TEST_CASE("what would be a group or everybody is no process") {
    static_assert(!std::is_default_constructible_v<process_id>);
    static_assert(!std::is_constructible_v<process_id, int>);
    for (auto number : {std::int64_t{0}, std::int64_t{-1}, std::int64_t{-42}, std::int64_t{1} << 32})
        CHECK(process_id::from(number).error() == std::errc::invalid_argument);
}

TEST_CASE("a number is kept, compared and printed") {
    static_assert(process_id::from(1)->number() == 1);
    auto one = *process_id::from(1), many = *process_id::from(4'000'000);
    CHECK(one < many);
    CHECK(one == *process_id::from(1));
    CHECK(to_string(many) == "4000000");
}
