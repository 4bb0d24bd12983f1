// SPDX-License-Identifier: BSL-1.0
#include <plumb/loop/deliveries.hpp>

#include <doctest/doctest.h>

#include <vector>

using namespace plumb;
using detail::delivery_pool;

TEST_CASE("queues share one pool, and each gives what was put into it in order") {
    delivery_pool pool;
    std::vector<delivery_pool::queue> queues(3);
    CHECK(sizeof queues.front() <= 8);
    std::vector<std::size_t> put(3), got(3);
    unsigned dice = 7;
    for (int step = 0; step < 10'000; ++step) {
        dice = dice * 1'103'515'245 + 12'345;
        auto which = dice >> 16 & 3;
        if (which == 3) continue;
        auto& queue = queues[which];
        REQUIRE(queue.count() == put[which] - got[which]);
        if (dice & 0x1000'0000 && !queue.is_empty()) {
            REQUIRE(*pool.front(queue).outcome == got[which]++ * 3 + which);
            pool.pop(queue);
        } else {
            pool.push(queue, {put[which]++ * 3 + which, {}});
        }
    }
    for (std::size_t which = 0; which < 3; ++which)
        for (; !queues[which].is_empty(); pool.pop(queues[which])) REQUIRE(*pool.front(queues[which]).outcome == got[which]++ * 3 + which);
    CHECK(put == got);
}

TEST_CASE("an error and what is lent are kept as they are") {
    delivery_pool pool;
    delivery_pool::queue queue;
    std::byte room[8];
    pool.push(queue, {8, {room, 8, 3}});
    pool.push(queue, {failure(verb::read, std::errc::connection_reset), {}});
    CHECK(pool.front(queue).lent.data == room);
    CHECK(pool.front(queue).lent.size == 8);
    CHECK(pool.front(queue).lent.at == 3);
    pool.pop(queue);
    CHECK(pool.front(queue).outcome.error() == std::errc::connection_reset);
}
