// SPDX-License-Identifier: BSL-1.0
#include <plumb/loop/batch_patience.hpp>

#include <doctest/doctest.h>

using namespace plumb;

TEST_CASE("many completions are waited for while waiting brings many") {
    detail::batch_patience patience;
    CHECK(!patience.is_waiting());
    patience.learn(1);
    CHECK(patience.is_waiting());    // a try
    for (int turn = 0; turn < 5; ++turn) {
        patience.learn(12);
        CHECK(patience.is_waiting());
    }
    auto tries = 0;
    for (int turn = 0; turn < 100'000; ++turn) {
        tries += patience.is_waiting();
        patience.learn(1);
    }
    CHECK(tries > 50);
    CHECK(tries < 150);
    while (!patience.is_waiting()) patience.learn(1);
    patience.learn(4);
    CHECK(patience.is_waiting());
}
