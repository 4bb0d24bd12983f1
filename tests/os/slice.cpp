// SPDX-License-Identifier: BSL-1.0
#include <plumb/os/slice.hpp>

#include <doctest/doctest.h>
#include <span>
#include <vector>

using plumb::os::slice;

namespace {

int sum(slice<const int> numbers) {
    int all = 0;
    for (auto each : numbers) all += each;
    return all;
}

}  // namespace

TEST_CASE("a slice shows what lies in a row, whatever holds it") {
    std::vector<int> numbers{1, 2, 3};
    CHECK(sum(numbers) == 6);
    CHECK(sum(std::span(numbers).first(2)) == 3);
    CHECK(sum(slice<int>(numbers)) == 6);
    CHECK(sum({numbers.data() + 1, 2}) == 5);
    CHECK(sum({}) == 0);
    int array[] = {4, 5};
    CHECK(sum(array) == 9);
}

TEST_CASE("what a slice shows is changed through it") {
    int numbers[] = {1, 2};
    slice<int> all(numbers, 2);
    all[1] = 7;
    all.front() = 5;
    CHECK(numbers[0] == 5);
    CHECK(numbers[1] == 7);
    CHECK(all.data() == numbers);
    CHECK_FALSE(all.empty());
    CHECK(slice<int>().empty());
}

TEST_CASE("elements of another type are no slice") {
    static_assert(!std::is_convertible_v<std::vector<char>&, slice<const int>>);
    static_assert(!std::is_convertible_v<plumb::bytes, slice<const plumb::bytes>>);
}
