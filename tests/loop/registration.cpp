// SPDX-License-Identifier: BSL-1.0
#include <plumb/loop/registration.hpp>

#include <plumb/loop/loop_state.hpp>

#include <doctest/doctest.h>

#include "idle_operation.hpp"

#include <array>

using namespace plumb;
using detail::outlook;
using idle = support::idle_operation;

TEST_CASE("a handle that was ready is tried until a call comes back short") {
    outlook known(true);
    CHECK_FALSE(known.is_good());
    CHECK(known.will_be_told());
    known.tell();
    CHECK(known.is_good());
    CHECK_FALSE(known.will_be_told());
    known.exhaust();
    CHECK_FALSE(known.is_good());
    CHECK(known.will_be_told());
}

TEST_CASE("one that stays ready is tried until a try is refused") {
    outlook known(true);
    known.tell();
    known.tell_for_good();
    known.exhaust();
    CHECK(known.is_good());
    known.refuse();
    CHECK_FALSE(known.is_good());
    CHECK(known.will_be_told());
}

TEST_CASE("what is not told unasked, or was told in vain, has to be asked for") {
    outlook silent;
    CHECK_FALSE(silent.will_be_told());
    outlook known(true);
    known.tell();
    known.refuse();
    known.doubt();
    CHECK_FALSE(known.is_good());
    CHECK_FALSE(known.will_be_told());
    known.trust();
    CHECK(known.will_be_told());
}

TEST_CASE("those that wait for the same stand in order, and each may leave") {
    detail::registration target;
    std::array<idle, 3> all{idle(target), idle(target), idle(target)};
    auto& waiting = target.readers;
    CHECK(waiting.is_empty());
    CHECK(waiting.find([](const auto&) { return true; }) == nullptr);
    for (auto& one : all) waiting.push_back(one);
    CHECK(&waiting.front() == &all[0]);
    CHECK(waiting.find([&](const auto& one) { return &one != &all[0]; }) == &all[1]);

    waiting.remove(all[1]);
    waiting.remove(all[1]);    // it is not here any more: nothing happens
    CHECK(&waiting.pop_front() == &all[0]);
    CHECK(&waiting.pop_front() == &all[2]);
    CHECK(waiting.is_empty());

    waiting.push_back(all[2]);
    waiting.remove(all[2]);
    CHECK(waiting.is_empty());
}
