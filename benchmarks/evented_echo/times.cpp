// SPDX-License-Identifier: BSL-1.0
#include "times.hpp"

#include "calls.hpp"

#include <algorithm>
#include <memory>
#include <random>

namespace {

// Where there are many connections, one trip of each is the least.
double long_enough(double seconds, const cell& where) { return std::max(seconds, 100e-6 * where.connections); }

void take_turn(times& one, const cell& where, double seconds) {
    server under_test(*one.subject);
    load_shape shape{under_test.port(), where.connections, where.depth, where.size, where.late};
    std::unique_ptr<load, decltype(where.load->close)> load(where.load->open(&shape), where.load->close);
    load_result result;
    const char* wrong = nullptr;
    if (!where.late) wrong = where.load->run(load.get(), seconds / 5, 0, &result);    // the first ones pay for pages and caches
    call_counter counter(under_test.process());
    auto cpu = under_test.cpu();
    auto calls = counter.so_far();
    if (!wrong) wrong = where.load->run(load.get(), seconds, 0, &result);
    if (wrong) {
        one.wrong = wrong;
        return;
    }
    auto trips = static_cast<double>(result.all_trips);
    auto at = [&](double share) { return latency_at(&result.latencies, share) / 1000; };
    one.samples.push_back({static_cast<double>(result.trips) / result.seconds, (under_test.cpu() - cpu) * 1e6 / trips,
                           calls ? (*counter.so_far() - *calls) / trips : -1, at(0.5), at(0.99), at(0.999)});
}

}  // namespace

spread times::of(double sample::* what) const {
    std::vector<double> values;
    for (auto& one : samples) values.push_back(one.*what);
    return spread_of(std::move(values));
}

timed_cell measure(const cell& where, double duration, int rounds) {
    timed_cell found{&where, {}};
    for (auto subject : subjects()) found.subjects.push_back({subject, {}, {}});
    std::vector<times*> order;
    for (auto& one : found.subjects) order.push_back(&one);
    std::mt19937 dice(std::random_device{}());
    for (int round = 0; round < rounds; ++round) {
        std::ranges::shuffle(order, dice);
        for (auto one : order)
            if (one->wrong.empty()) take_turn(*one, where, long_enough(duration / static_cast<double>(order.size()), where));
        auto& c = found.subjects.front();
        if (!c.wrong.empty()) break;
        for (auto& one : found.subjects) {
            if (!one.wrong.empty()) continue;
            one.samples.back().rate_beside = one.samples.back().rate / c.samples.back().rate;
            one.samples.back().cpu_beside = one.samples.back().cpu / c.samples.back().cpu;
        }
    }
    return found;
}
