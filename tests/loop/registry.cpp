// SPDX-License-Identifier: BSL-1.0
#include <plumb/loop/registry.hpp>

#include <plumb/loop/loop_state.hpp>

#include <doctest/doctest.h>

#include <set>
#include <vector>

using namespace plumb;

namespace {

struct numbered : detail::registration {
    std::uint32_t number = 0;
    void be_at(std::uint32_t given) noexcept { number = given; }
};

}  // namespace

TEST_CASE("places lie still, are known by their numbers, and are used again once nothing is told of them") {
    detail::loop_state loop;
    detail::registry<numbered> places;
    std::vector<numbered*> taken;
    for (os::handle handle = 0; handle < 1'000; ++handle) taken.push_back(places.take(loop, handle));
    std::set<std::uint32_t> numbers;
    for (os::handle handle = 0; auto one : taken) {
        CHECK(one->handle == handle++);
        CHECK(one->loop == &loop);
        CHECK(&places[one->number] == one);
        numbers.insert(one->number);
    }
    CHECK(numbers.size() == taken.size());

    for (auto one : taken) {
        one->known.writing.tell();
        places.put_back(*one);
        CHECK(one->handle == os::none);
        CHECK_FALSE(one->known.writing.is_good());
    }
    std::set<numbered*> gone(taken.begin(), taken.end());
    std::vector<numbered*> others;
    for (os::handle handle = 0; handle < 500; ++handle) CHECK_FALSE(gone.contains(places.take(loop, handle)));
    places.recycle();
    CHECK(gone.contains(places.take(loop, 0)));
}
