// SPDX-License-Identifier: BSL-1.0
#include <plumb/core/version.hpp>

#if PLUMB_VERSION < 100
#error "the version is usable in #if"
#endif

#include <doctest/doctest.h>

TEST_CASE("the version is a number that grows") {
    CHECK(PLUMB_VERSION / 10'000 == 0);
    CHECK(PLUMB_VERSION / 100 % 100 >= 1);
}
