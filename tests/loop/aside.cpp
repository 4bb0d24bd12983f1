// SPDX-License-Identifier: BSL-1.0
#include <plumb/loop/aside.hpp>

#include <doctest/doctest.h>

#include <deque>
#include <stdexcept>
#include <vector>

using namespace plumb;

namespace {

// Tells numbers, those of one batch at a time.
struct fake_ring {
    struct completion {
        std::uint64_t token;
    };
    std::deque<std::vector<std::uint64_t>> batches;
    std::deque<std::uint64_t> told;

    [[nodiscard]] result<void> enter(unsigned, instant) {
        if (batches.empty()) return failure(verb::wait, std::errc::operation_not_permitted);
        told.insert(told.end(), batches.front().begin(), batches.front().end());
        batches.pop_front();
        return {};
    }
    [[nodiscard]] bool has_completions() const { return !told.empty(); }
    [[nodiscard]] completion take_completion() {
        completion first{told.front()};
        told.pop_front();
        return first;
    }
};

using aside = detail::aside<fake_ring>;
using numbers = std::vector<std::uint64_t>;

numbers take_all(aside& from) {
    numbers found;
    from.take_all([&](auto told) { found.push_back(told.token); });
    return found;
}

}  // namespace

TEST_CASE("what is not wanted is kept in order, and the loop does not wait until it is taken") {
    detail::loop_state loop;
    fake_ring ring{{{1, 2}, {3}, {4, 5}, {6}}, {}};
    aside others(loop, ring);
    auto left = 2;
    others.sift([&] { return left > 0; }, [&](auto told) { return told.token % 2 == 0 && left-- > 0; });
    CHECK(ring.batches.size() == 1);    // no more was asked for than was awaited
    CHECK(loop.has_work());
    loop.run_ready();
    CHECK(loop.has_work());
    CHECK(take_all(others) == numbers{1, 3, 5});
    loop.run_ready();
    CHECK_FALSE(loop.has_work());
}

TEST_CASE("what was kept before is sifted first, and what is taken of it is told as nothing") {
    detail::loop_state loop;
    fake_ring ring{{{9}}, {1, 2, 3}};
    aside others(loop, ring);
    others.put_all_told();
    auto left = 1;
    others.sift([&] { return left > 0; }, [&](auto told) { return told.token == 2 && left-- > 0; });
    CHECK(ring.batches.size() == 1);
    CHECK(take_all(others) == numbers{1, 0, 3});
}

TEST_CASE("a ring that cannot be entered is not waited for") {
    detail::loop_state loop;
    fake_ring ring;
    aside others(loop, ring);
    others.sift([] { return true; }, [](auto) { return true; });
    CHECK(others.is_empty());
}

TEST_CASE("after a throw the others are still to be taken") {
    detail::loop_state loop;
    fake_ring ring{{}, {1, 2, 3}};
    aside others(loop, ring);
    others.put_all_told();
    CHECK_THROWS_AS(others.take_all([](auto told) {
        if (told.token == 1) throw std::runtime_error("");
    }), std::runtime_error);
    CHECK(take_all(others) == numbers{2, 3});
    CHECK(others.is_empty());
}
