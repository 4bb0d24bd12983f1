// SPDX-License-Identifier: BSL-1.0
#include <plumb/loop/token.hpp>

#include <doctest/doctest.h>

#include "idle_operation.hpp"

#include <array>

using namespace plumb;
using kind = detail::token_kind;
using idle = support::idle_operation;

TEST_CASE("a token gives back its operation, and what is told of it") {
    detail::registration place;
    idle one(place);
    for (auto what : {kind::transfer, kind::readiness, kind::trial}) {
        auto token = detail::token_of(one, what);
        CHECK(detail::kind_of(token) == what);
        CHECK(detail::is_of_operation(token));
        CHECK(&detail::operation_of(token) == &one);
    }
}

TEST_CASE("a token of a place keeps its kind, its place and its generation apart") {
    CHECK(detail::kind_of(0) == kind::nothing);    // the end of a cancel
    for (std::uint32_t place : {0u, 1u, 0xffff'ffff})
        for (auto generation : std::array<std::uint16_t, 3>{0, 1, 0xffff})
            for (auto what : {kind::receiving, kind::accepting}) {
                auto token = detail::token_at(place, generation, what);
                CHECK(detail::kind_of(token) == what);
                CHECK_FALSE(detail::is_of_operation(token));
                CHECK(detail::place_of(token) == place);
                CHECK(detail::generation_of(token) == generation);
            }
}
