// SPDX-License-Identifier: BSL-1.0
#include <plumb/core/least.hpp>

#include <doctest/doctest.h>

using namespace plumb;

TEST_CASE("the smaller and the greater of two, of which the second may be of a narrower type") {
    CHECK(detail::least(2u, 3) == 2u);
    CHECK(detail::least(3u, 2) == 2u);
    CHECK(detail::greatest(2u, 3) == 3u);
    CHECK(detail::greatest(3u, 2) == 3u);
    static_assert(detail::least(-1, 1) == -1 && detail::greatest(-1, 1) == 1);
}
