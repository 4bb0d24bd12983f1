// SPDX-License-Identifier: BSL-1.0
#include "counts.hpp"

#include <future>

namespace {

// Runs a server for some round trips, and says how often it asked for memory.
long run(const echo_subject& subject, protocol with, std::size_t size, long trips, const scratch& folder,
         const std::vector<std::string>& tool = {}) {
    server one(subject, with, folder, tool);
    one.trips(size, trips);
    return one.end();
}

constexpr long few = 100, more = 600, trips = more - few;

// The tool starts slowly, so both lengths run at once.
double instructions(const echo_subject& subject, protocol with, std::size_t size, const scratch& folder) {
    auto measure = [&](long length) {
        auto out = folder / std::to_string(length);
        run(subject, with, size, length, folder, callgrind_into(out));
        return instructions_in(out);
    };
    auto base = std::async(std::launch::async, measure, few);
    auto all = measure(more);
    return (all - base.get()) / trips;
}

std::map<std::string, double> calls(const echo_subject& subject, protocol with, std::size_t size, const scratch& folder) {
    auto out = folder / "calls";
    auto measure = [&](long length) {
        run(subject, with, size, length, folder, strace_into(out));
        return calls_in(out);
    };
    auto base = measure(few), all = measure(more);
    std::map<std::string, double> difference;
    for (auto& [name, number] : all)
        if (number != base[name]) difference[name] = (number - base[name]) / trips;
    return difference;
}

}  // namespace

counts count(const echo_subject& subject, protocol with, std::size_t size, const scratch& folder) {
    counts found;
    if (has_tool("valgrind")) found.instructions = instructions(subject, with, size, folder);
    if (has_tool("strace")) found.calls = calls(subject, with, size, folder);
    auto base = run(subject, with, size, few, folder);
    found.allocations = static_cast<double>(run(subject, with, size, more, folder) - base) / trips;
    return found;
}
