// SPDX-License-Identifier: BSL-1.0
#include <plumb/loop/trials.hpp>

#include <doctest/doctest.h>

#include "idle_operation.hpp"

#include <deque>
#include <vector>

using namespace plumb;
using detail::trials;
using idle = support::idle_operation;

TEST_CASE("trials come out in order, and only those that are with the system") {
    detail::registration place;
    std::deque<idle> some;
    for (int i = 0; i < 3; ++i) some.emplace_back(place);
    trials tried;
    CHECK(tried.is_empty());
    tried.add(some[0], 10);
    CHECK_FALSE(tried.has_submitted());
    tried.add(some[1], 11);
    tried.submit();
    tried.add(some[2], 12);
    for (auto i : {0u, 1u}) {
        REQUIRE(tried.has_submitted());
        auto sent = tried.take();
        CHECK(sent.of == &some[i]);
        CHECK(sent.size == 10 + i);
    }
    CHECK_FALSE(tried.has_submitted());
    CHECK_FALSE(tried.is_empty());
    tried.submit();
    CHECK(tried.take().of == &some[2]);
    CHECK(tried.is_empty());
}

TEST_CASE("a trial that is dropped leaves a place behind, and the others stand") {
    detail::registration place;
    std::deque<idle> some;
    for (int i = 0; i < 3; ++i) some.emplace_back(place);
    trials tried;
    for (auto& one : some) tried.add(one, 1);
    tried.drop(some[1]);
    tried.submit();
    CHECK(tried.take().of == &some[0]);
    CHECK(tried.take().of == nullptr);
    CHECK(tried.take().of == &some[2]);
    tried.add(some[0], 1);
    tried.submit();
    tried.clear();
    CHECK(tried.is_empty());
    CHECK_FALSE(tried.has_submitted());
}

TEST_CASE("their places are used over and over") {
    detail::registration place;
    idle one(place);
    trials tried;
    std::uint32_t put = 0, got = 0;
    for (int round = 0; round < 1'000; ++round) {
        for (int i = 0; i < 7 && !tried.is_full(); ++i) tried.add(one, put++);
        tried.submit();
        for (int i = 0; i < 6 && tried.has_submitted(); ++i) REQUIRE(tried.take().size == got++);
    }
    CHECK(put - got > 200);
    while (!tried.is_empty()) REQUIRE(tried.take().size == got++);
    CHECK(put == got);
}
