// SPDX-License-Identifier: BSL-1.0
#include <plumb/os/signal_set.hpp>

#include <doctest/doctest.h>

#include <vector>

using namespace plumb;

namespace {

constexpr signal_set ends{signal_number::terminate, signal_number::interrupt, signal_number::interrupt};

static_assert(ends.contains(signal_number::interrupt) && ends.contains(signal_number::terminate));
static_assert(!ends.contains(static_cast<signal_number>(9)) && !ends.empty() && ends.size() == 2);
static_assert(signal_set().empty() && signal_set().begin() == signal_set().end());
static_assert((ends | signal_set(static_cast<signal_number>(9))).size() == 3);
static_assert((ends & signal_number::interrupt) == signal_set{signal_number::interrupt});
static_assert(ends - signal_number::interrupt == signal_set{signal_number::terminate});
static_assert(signal_set::from_bits(ends.to_bits()) == ends);
static_assert(signal_set::all().size() == 64);

}  // namespace

TEST_CASE("a set is gone through from its smallest number") {
    std::vector<signal_number> members;
    for (auto each : ends) members.push_back(each);
    CHECK(members == std::vector{signal_number::interrupt, signal_number::terminate});
}

TEST_CASE("the first and the last number have their places, and what is no signal has none") {
    signal_set edges{static_cast<signal_number>(1), static_cast<signal_number>(64)};
    CHECK(edges.size() == 2);
    CHECK(edges.contains(static_cast<signal_number>(1)));
    CHECK(edges.contains(static_cast<signal_number>(64)));
    for (int none : {0, -1, 65, 1 << 30}) {
        CHECK(signal_set(static_cast<signal_number>(none)).empty());
        CHECK_FALSE(signal_set::all().contains(static_cast<signal_number>(none)));
    }
}
