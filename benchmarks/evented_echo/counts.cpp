// SPDX-License-Identifier: BSL-1.0
#include "counts.hpp"

#include "cells.hpp"

#include <memory>

namespace {

// Connections that each make some round trips, and what the server's books say before and after.
class visit {
public:
    visit(const server& host, unsigned connections)
        : load_(load_epoll.open(std::make_unique<load_shape>(load_shape{host.port(), connections, 1, 64, 0}).get())) {}
    ~visit() { load_epoll.close(load_); }
    visit(const visit&) = delete;
    visit& operator=(const visit&) = delete;

    void trips(std::uint64_t each) {
        load_result result;
        if (auto wrong = load_epoll.run(load_, 1e6, each, &result)) fail(wrong);
    }

private:
    load* load_;
};

constexpr std::uint64_t few = 100, more = 600;
constexpr double trips = more - few;

double instructions(const evented_subject& subject, unsigned connections, const scratch& folder) {
    auto out = folder / "instructions";
    auto measure = [&](std::uint64_t length) {
        server host(subject, callgrind_into(out));
        visit(host, connections).trips(length);
        end_callgrind(host.process());
        return instructions_in(out + ".1");
    };
    auto base = measure(few);
    return (measure(more) - base) / trips / connections;
}

std::map<std::string, double> calls(const evented_subject& subject, const scratch& folder) {
    auto out = folder / "calls";
    auto measure = [&](std::uint64_t length) {
        {
            server host(subject, strace_into(out));
            visit(host, 1).trips(length);
        }
        return calls_in(out);
    };
    auto base = measure(few), all = measure(more);
    std::map<std::string, double> difference;
    for (auto& [name, number] : all)
        if (number - base[name] > trips / 100) difference[name] = (number - base[name]) / trips;    // what is rarer is chance
    return difference;
}

}  // namespace

counts count(const evented_subject& subject, const scratch& folder) {
    counts found{&subject, {}, {}, {}, 0, 0, 0, 0};
    if (has_tool("vgdb")) {
        found.instructions = instructions(subject, 1, folder);
        found.batched = instructions(subject, 50, folder);
    }
    if (has_tool("strace")) found.calls = calls(subject, folder);
    server host(subject);
    visit one(host, 1);
    one.trips(few);
    auto before = host.memory();
    one.trips(more);
    found.allocations = static_cast<double>(host.memory().allocations - before.allocations) / more;
    visit others(host, idle_connections / 10);
    others.trips(20);    // more bytes than a server has buffers for: what it has for all of them is there then, and touched
    before = host.memory();
    auto resident = host.resident();
    visit all(host, idle_connections);
    all.trips(1);
    auto after = host.memory();
    found.connection_allocations = static_cast<double>(after.allocations - before.allocations) / idle_connections;
    found.connection_bytes = static_cast<double>(after.bytes - before.bytes) / idle_connections;
    found.connection_resident = static_cast<double>(host.resident() - resident) / idle_connections;
    return found;
}
