// SPDX-License-Identifier: BSL-1.0
#include "times.hpp"

#include <algorithm>
#include <chrono>
#include <memory>
#include <random>

namespace {

// One turn of one subject. The clock is asked every 16 round trips, so that it costs next to nothing.
sample take_turn(server& one, std::size_t size, double seconds) {
    using clock = std::chrono::steady_clock;
    auto cpu = one.cpu();
    auto start = clock::now();
    double trips = 0, passed = 0;
    while (passed < seconds) {
        one.trips(size, 16);
        trips += 16;
        passed = std::chrono::duration<double>(clock::now() - start).count();
    }
    return {trips / passed, (one.cpu() - cpu) * 1e6 / trips, 1};
}

}  // namespace

spread times::of(double sample::* what) const {
    std::vector<double> values;
    for (auto& one : samples) values.push_back(one.*what);
    return spread_of(std::move(values));
}

std::vector<times> measure(protocol with, std::size_t size, double duration, int rounds, const scratch& folder) {
    std::vector<times> all;
    for (auto subject : subjects()) all.push_back({subject, {}});
    std::mt19937 dice(std::random_device{}());
    const auto seconds = duration / turns / static_cast<double>(all.size());
    for (int round = 0; round < rounds; ++round) {
        std::vector<std::unique_ptr<server>> servers;
        std::vector<std::size_t> order;
        for (auto& one : all) {
            order.push_back(servers.size());
            servers.push_back(std::make_unique<server>(*one.subject, with, folder));
            servers.back()->trips(size, 200);    // the first ones pay for pages and caches
        }
        for (int turn = 0; turn < turns; ++turn) {
            std::ranges::shuffle(order, dice);
            for (auto i : order) all[i].samples.push_back(take_turn(*servers[i], size, seconds));
            auto c = all[0].samples.back().rate;
            for (auto& one : all) one.samples.back().beside = one.samples.back().rate / c;
        }
    }
    return all;
}
