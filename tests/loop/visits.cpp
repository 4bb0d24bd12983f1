// SPDX-License-Identifier: BSL-1.0
#include <plumb/loop/visits.hpp>

#include <doctest/doctest.h>

#include <functional>
#include <stdexcept>
#include <vector>

using namespace plumb;
using detail::inlet;

namespace {

// Ten inlets, of which no more than three are let flow in a turn.
struct places {
    detail::loop_state loop;
    detail::registry<inlet> all;
    std::vector<inlet*> some;
    places() {
        for (os::handle handle = 0; handle < 10; ++handle) some.push_back(all.take(loop, handle));
    }
};

class rounds final : public detail::visits {
public:
    explicit rounds(places& where) : visits(where.loop, where.all, 3) {}
    std::vector<os::handle> seen;
    std::function<void(inlet&)> also = [](inlet&) {};
    bool flows = true;

private:
    bool visit(inlet& one) override {
        seen.push_back(one.handle);
        also(one);
        return flows;
    }
};

using handles = std::vector<os::handle>;

}  // namespace

TEST_CASE("inlets are visited in order, each once, and so many are let flow in a turn") {
    places here;
    rounds tour(here);
    CHECK_FALSE(here.loop.has_work());
    for (auto number : {7u, 2u, 5u, 2u, 0u, 7u}) tour.visit_later(*here.some[number]);
    CHECK(here.loop.has_work());
    here.loop.run_ready();
    CHECK(tour.seen == handles{7, 2, 5});
    CHECK(tour.awaits_visits());
    here.loop.run_ready();
    CHECK(tour.seen == handles{7, 2, 5, 0});
    CHECK_FALSE(tour.awaits_visits());
    CHECK_FALSE(here.loop.has_work());
    tour.visit_later(*here.some[2]);
    here.loop.run_ready();
    CHECK(tour.seen.back() == 2);

    tour.flows = false;
    for (auto number : {1u, 3u, 4u, 6u, 8u}) tour.visit_later(*here.some[number]);
    here.loop.run_ready();
    CHECK_FALSE(here.loop.has_work());
}

TEST_CASE("those that are added during a visit wait for the next turn") {
    places here;
    rounds tour(here);
    tour.also = [&](inlet& one) {
        if (one.handle < 2) tour.visit_later(one), tour.visit_later(*here.some[9]);
    };
    for (auto number : {0u, 1u}) tour.visit_later(*here.some[number]);
    here.loop.run_ready();
    CHECK(tour.seen == handles{0, 1});
    here.loop.run_ready();
    CHECK(tour.seen == handles{0, 1, 0, 9, 1});
}

TEST_CASE("a visit that throws leaves the others to be visited") {
    places here;
    rounds tour(here);
    tour.also = [](inlet& one) {
        if (one.handle == 0) throw std::runtime_error("");
    };
    for (auto number : {0u, 1u}) tour.visit_later(*here.some[number]);
    CHECK_THROWS_AS(here.loop.run_ready(), std::runtime_error);
    here.loop.run_ready();
    CHECK(tour.seen == handles{0, 1});
}
