// SPDX-License-Identifier: BSL-1.0
#include <plumb/os/answer.hpp>

#include <doctest/doctest.h>
#include <memory>
#include <type_traits>
#include <utility>

using namespace plumb;
using os::answer;

// So it travels in registers.
static_assert(std::is_trivially_copyable_v<answer<int>> && std::is_trivially_destructible_v<answer<int>> && sizeof(answer<int>) == 16);

// It is no more of a number or a truth value than a result is.
static_assert(!std::is_convertible_v<answer<int>, bool> && !std::is_convertible_v<answer<int>, int>);

namespace {

struct part {
    std::unique_ptr<int> held;
};

[[nodiscard]] answer<int> refused() { return failure(verb::bind, std::errc::address_in_use); }
[[nodiscard]] answer<part> given() { return part{std::make_unique<int>(7)}; }
[[nodiscard]] result<int> passed_on(answer<int> told) { return told; }

}  // namespace

TEST_CASE("an answer has a value or says why it has none") {
    answer<int> seven = 7;
    CHECK(seven.has_value());
    CHECK(seven);
    CHECK(*seven == 7);
    CHECK(seven == 7);
    CHECK_FALSE(seven == 8);

    CHECK_FALSE(refused().has_value());
    CHECK_FALSE(refused());
    CHECK_FALSE(refused() == 0);
    CHECK(*refused() == 0);
    CHECK(refused().error() == error(verb::bind, std::errc::address_in_use));
}

TEST_CASE("an answer turns into the result that a verb gives") {
    CHECK(passed_on(7) == 7);
    CHECK(passed_on(refused()).error() == refused().error());
    static_assert(result<int>(answer<int>(7)) == 7);
}

TEST_CASE("what cannot be copied is moved out of an answer") {
    result<part> moved = given();
    CHECK(*moved->held == 7);
    auto told = given();
    CHECK(*told->held == 7);
    auto taken = *std::move(told);
    CHECK(*taken.held == 7);
    CHECK(told->held == nullptr);
    CHECK(*given().value().held == 7);
}

TEST_CASE("value() of an answer without one is thrown as a result's is") {
    CHECK(answer<int>(7).value() == 7);
    CHECK_THROWS_WITH_AS(refused().value(), "bind: Address already in use", std::bad_expected_access<plumb::error>);
}
