// SPDX-License-Identifier: BSL-1.0
#include <plumb/loop/buffer_pool.hpp>

#include <doctest/doctest.h>

#include <utility>
#include <vector>

using namespace plumb;

TEST_CASE("a buffer that comes back is the next that is lent") {
    detail::buffer_pool pool;
    std::byte* was;
    {
        lent_bytes first(was = pool.take(), 5);
        CHECK(first.size() == 5);
        auto moved = std::move(first);
        CHECK(first.empty());
        CHECK(moved.data() == was);
        CHECK(bytes(moved).size() == 5);
        first = std::move(moved);
        CHECK(first.data() == was);
    }
    auto again = pool.take();
    CHECK(again == was);
    detail::buffer_pool::put_back(again);
}

TEST_CASE("however many are lent at once, the pool keeps few") {
    detail::buffer_pool pool;
    std::vector<lent_bytes> lent;
    for (std::size_t i = 0; i < 3 * detail::buffer_pool::most_kept; ++i) lent.emplace_back(pool.take(), 1);
    lent.clear();    // the sanitizer tells of what is not freed
    lent_bytes last(pool.take(), 1);
    CHECK(last.data() != nullptr);
}
