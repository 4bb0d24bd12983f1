// SPDX-License-Identifier: BSL-1.0
#include "counts.hpp"

#include <cstdlib>
#include <fstream>
#include <future>
#include <sstream>
#include <unistd.h>

namespace {

// Runs a server for some round trips, and says how often it asked for memory.
long run(const echo_subject& subject, protocol with, std::size_t size, long trips, const scratch& folder,
         const std::vector<std::string>& tool = {}) {
    server one(subject, with, folder, tool);
    one.trips(size, trips);
    return one.end();
}

// What callgrind counted: the line "totals: 123456" of its file.
double instructions_in(const std::string& path) {
    std::ifstream file(path);
    for (std::string line; std::getline(file, line);)
        if (line.starts_with("totals:")) return std::strtod(line.c_str() + 7, nullptr);
    fail("callgrind counted nothing");
}

// How often each call stands in what strace wrote: lines "1234 recvfrom(4, …" and not "… resumed>".
std::map<std::string, double> calls_in(const std::string& path) {
    std::map<std::string, double> calls;
    std::ifstream file(path);
    for (std::string line; std::getline(file, line);) {
        std::istringstream words(line);
        std::string process, call;
        words >> process >> call;
        if (auto end = call.find('('); end != std::string::npos && end > 0) ++calls[call.substr(0, end)];
    }
    return calls;
}

constexpr long few = 100, more = 600, trips = more - few;

// The tool starts slowly, so both lengths run at once.
double instructions(const echo_subject& subject, protocol with, std::size_t size, const scratch& folder) {
    auto measure = [&](long length) {
        auto out = folder / std::to_string(length);
        run(subject, with, size, length, folder, {"valgrind", "-q", "--tool=callgrind", "--callgrind-out-file=" + out});
        return instructions_in(out);
    };
    auto base = std::async(std::launch::async, measure, few);
    auto all = measure(more);
    return (all - base.get()) / trips;
}

std::map<std::string, double> calls(const echo_subject& subject, protocol with, std::size_t size, const scratch& folder) {
    auto out = folder / "calls";
    auto measure = [&](long length) {
        run(subject, with, size, length, folder, {"strace", "-f", "-qq", "-o", out});
        return calls_in(out);
    };
    auto base = measure(few), all = measure(more);
    std::map<std::string, double> difference;
    for (auto& [name, number] : all)
        if (number != base[name]) difference[name] = (number - base[name]) / trips;
    return difference;
}

}  // namespace

bool has_tool(const std::string& name) {
    const char* path = std::getenv("PATH");
    std::istringstream folders(path ? path : "");
    for (std::string folder; std::getline(folders, folder, ':');)
        if (::access((folder + '/' + name).c_str(), X_OK) == 0) return true;
    return false;
}

counts count(const echo_subject& subject, protocol with, std::size_t size, const scratch& folder) {
    counts found;
    if (has_tool("valgrind")) found.instructions = instructions(subject, with, size, folder);
    if (has_tool("strace")) found.calls = calls(subject, with, size, folder);
    auto base = run(subject, with, size, few, folder);
    found.allocations = static_cast<double>(run(subject, with, size, more, folder) - base) / trips;
    return found;
}
