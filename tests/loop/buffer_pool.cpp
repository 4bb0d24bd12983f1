// SPDX-License-Identifier: BSL-1.0
#include <plumb/loop/buffer_pool.hpp>

#include <doctest/doctest.h>

#include "sanitized.hpp"

#include <utility>
#include <vector>

using namespace plumb;
using detail::buffer_pool, detail::lent_part;

TEST_CASE("a buffer that comes back is the next that is lent") {
    buffer_pool pool(100, 3);
    std::byte* was;
    {
        lent_bytes first(lent_part{was = pool.take(), 5});
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
    buffer_pool::put_back({again});
}

TEST_CASE("however many are lent at once, the pool keeps few") {
    buffer_pool pool(100, 3);
    std::vector<lent_bytes> lent;
    for (std::size_t i = 0; i < 9; ++i) lent.emplace_back(lent_part{pool.take(), 1});
    lent.clear();    // the sanitizer tells of what is not freed
    lent_bytes last(lent_part{pool.take(), 1});
    CHECK(last.data() != nullptr);
}

TEST_CASE("a buffer that is lent in parts comes back with the last of them, in whatever order they do") {
    buffer_pool pool(100, 3);
    auto whole = pool.take();
    auto rest = buffer_pool::share_out(whole);
    CHECK(rest.data == whole);
    std::vector<lent_bytes> parts;
    for (std::uint32_t size : {10u, 1u, 40u}) {
        auto part = rest;
        part.size = size;
        buffer_pool::share(rest);
        parts.emplace_back(part);
        rest = rest.rest(size);
        CHECK(rest.data == parts.back().data() + size);
    }
    buffer_pool::put_back(rest);
    parts.erase(parts.begin());
    parts.pop_back();
    auto other = pool.take();
    CHECK(other != whole);
    parts.clear();
    auto again = pool.take();
    CHECK(again == whole);
    for (auto one : {other, again}) buffer_pool::put_back({one});
}

TEST_CASE("nothing can be lent without memory, as often as one likes") {
    buffer_pool pool(~std::size_t{} / 2, 3);    // there is none for such a buffer
    if (!support::is_sanitized) CHECK(pool.take() == nullptr);
    std::vector<lent_bytes> ends;
    for (int i = 0; i < 3; ++i) {
        ends.emplace_back(pool.nothing());
        CHECK(ends.back().data() != nullptr);
        CHECK(ends.back().empty());
    }
    ends.clear();
    CHECK(lent_bytes(pool.nothing()).empty());
    if (!support::is_sanitized) CHECK(pool.take() == nullptr);    // it has not come back there
}
