// SPDX-License-Identifier: BSL-1.0
#include <plumb/loop/timer.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <random>
#include <vector>

using namespace plumb;

namespace {

struct told final : detail::timer {
    std::vector<int>* to = nullptr;
    int number = 0;
    void ring() noexcept override { to->push_back(number); }
};

instant at(int count) { return instant(timeline::duration(count)); }

}  // namespace

TEST_CASE("timers ring in the order in which they are due, however they were set and stopped") {
    std::mt19937 random(7);
    for (int round = 0; round < 50; ++round) {
        std::vector<int> rung;
        std::vector<told> timers(200);
        std::vector<int> due;
        detail::timer_heap heap;
        for (auto& one : timers) {
            one.to = &rung;
            one.number = static_cast<int>(random() % 1000);
            (void)heap.set(one, at(one.number));
        }
        for (int i = 0; i < 100; ++i) {
            auto& one = timers[random() % timers.size()];
            if (random() % 2) one.stop();
            else (void)heap.set(one, at(one.number = static_cast<int>(random() % 1000)));
        }
        for (auto& one : timers)
            if (one.is_set()) due.push_back(one.number);
        std::sort(due.begin(), due.end());
        CHECK(heap.next() == at(due.front()));
        heap.ring_until(at(due[due.size() / 2]));
        CHECK(std::all_of(rung.begin(), rung.end(), [&](int one) { return one <= due[due.size() / 2]; }));
        heap.ring_until(at(1000));
        CHECK(rung == due);
        CHECK(heap.is_empty());
        CHECK(heap.next() == forever);
    }
}

TEST_CASE("a timer may be set, moved and stopped by one that rings") {
    struct chain final : detail::timer {
        detail::timer_heap& heap;
        detail::timer* stopped;
        int rings = 0;
        chain(detail::timer_heap& in, detail::timer* other) : heap(in), stopped(other) {}
        void ring() noexcept override {
            stopped->stop();
            if (++rings < 3) (void)heap.set(*this, at(1));    // due already
        }
    };
    std::vector<int> rung;
    detail::timer_heap heap;
    told other;
    other.to = &rung;
    chain one(heap, &other);
    (void)heap.set(one, at(1));
    (void)heap.set(other, at(1'000'000));
    for (int i = 0; i < 5; ++i) heap.ring_until(at(2));
    CHECK(one.rings == 3);
    CHECK(heap.is_empty());
    CHECK(rung.empty());
}

TEST_CASE("a timer that goes leaves the heap") {
    detail::timer_heap heap;
    std::vector<int> rung;
    told stays;
    stays.to = &rung;
    (void)heap.set(stays, at(5));
    {
        told goes;
        (void)heap.set(goes, at(1));
        CHECK(heap.next() == at(1));
    }
    CHECK(heap.next() == at(5));
}

TEST_CASE("a million timers") {
    detail::timer_heap heap;
    std::vector<int> rung;
    std::vector<told> timers(1'000'000);
    std::mt19937 random(1);
    for (auto& one : timers) {
        one.to = &rung;
        one.number = static_cast<int>(random() >> 1);
        (void)heap.set(one, at(one.number));
    }
    for (std::size_t i = 0; i < timers.size(); i += 2) timers[i].stop();
    heap.ring_until(forever);
    CHECK(rung.size() == 500'000);
    CHECK(std::is_sorted(rung.begin(), rung.end()));
}
