// SPDX-License-Identifier: BSL-1.0
#include <plumb/core.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <string>
#include <type_traits>
#include <utility>

using namespace plumb;

// So it travels in two registers.
static_assert(std::is_trivially_copy_constructible_v<result<std::size_t>> && std::is_trivially_move_constructible_v<result<std::size_t>> &&
              std::is_trivially_destructible_v<result<std::size_t>>);
static_assert(sizeof(result<std::uint64_t>) == 16);

namespace {

[[nodiscard]] result<int> refused() { return failure(verb::bind, std::errc::address_in_use); }

}  // namespace

TEST_CASE("failure() is an error in the making for every kind of cause") {
    CHECK(result<int>(failure(verb::bind, std::errc::address_in_use)).error() == std::errc::address_in_use);
    CHECK(result<int>(failure(verb::read, condition::end_of_stream, 7u)).error().detail() == 7);
    CHECK(result<void>(failure(verb::resolve, lookup::failed)).error() == lookup::failed);
    CHECK(result<std::string>(failure(refused().error())).error() == refused().error());
}

TEST_CASE("the exception of value() says operation and cause") {
    std::string expected = "bind: Address already in use";
    try {
        (void)refused().value();
        FAIL("value() of an error must throw");
    } catch (const std::bad_expected_access<plumb::error>& caught) {
        CHECK(caught.what() == expected);
        CHECK(caught.error() == std::errc::address_in_use);
        auto copy = caught;
        CHECK(copy.what() == expected);
        CHECK(std::move(copy).error() == caught.error());
    }
    CHECK_THROWS_WITH_AS((void)refused().value(), expected.c_str(), std::bad_expected_access<void>);
    CHECK_THROWS_WITH_AS((void)refused().value(), expected.c_str(), std::exception);
    result<void> nothing = failure(verb::close, std::errc::io_error);
    CHECK_THROWS_AS(nothing.value(), std::bad_expected_access<plumb::error>);
}

TEST_CASE("must() gives the value where there is one") {
    CHECK(must(result<int>(7)) == 7);
    must(result<void>());
    CHECK(must(result<std::string>("moved out")) == "moved out");
    static_assert(must(result<int>(3)) == 3);
}
