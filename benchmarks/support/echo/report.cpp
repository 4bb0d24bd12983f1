// SPDX-License-Identifier: BSL-1.0
#include "report.hpp"

#include "../figures.hpp"
#include "../machine.hpp"
#include "../plot.hpp"

#include <cmath>
#include <cstdio>
#include <fstream>
#include <utility>

namespace {

std::string title(protocol with, std::size_t size) {
    return std::string(with.name) + ", " + bytes(size);
}

}  // namespace

void print_times_heading(const settings& chosen) {
    auto [client, servers] = find_cores();
    std::printf("%s The same client, in C, for every server; ", about.heading);
    if (client == servers) std::printf("both on one core.\n");
    else std::printf("client on core %d, server on core %d.\n", client, servers);
    std::printf("%s. %s.\n", compiler().c_str(), machine().c_str());
    std::printf("Median and quartiles of %d turns of %.0f ms, in %d rounds with fresh servers.\n", turns * chosen.rounds,
                chosen.duration * 1000 / turns / static_cast<double>(subjects().size()), chosen.rounds);
    warn_of_load();
    std::printf("\n%-14s %-6s %27s    %-22s %s\n", "", "", "round trips a second", "beside C", "server CPU a trip");
}

void print(const timed_case& one) {
    auto heading = title(one.with, one.size);
    for (auto& subject : one.subjects) {
        auto rate = subject.of(&sample::rate), beside = subject.of(&sample::beside), cpu = subject.of(&sample::cpu);
        auto from_to = grouped(rate.lower) + " to " + grouped(rate.upper);
        auto ratio = subject.subject == subjects().front() ? std::string("1") : rounded(beside.median, 3) + "  " + rounded(beside.lower, 2) + " to " + rounded(beside.upper, 2);
        std::printf("%-14s %-6s %8s  %17s    %-22s %.2f us\n", heading.c_str(), subject.subject->name,
                    grouped(rate.median).c_str(), from_to.c_str(), ratio.c_str(), cpu.median);
        heading.clear();
    }
    std::fflush(stdout);
}

void print_counts_heading() {
    std::printf("\nWhat does not depend on the machine: in the server, for each round trip.\n\n");
    std::printf("%-14s %-6s %17s %13s    %s\n", "", "", "user instructions", "allocations", "system calls");
}

void print(const counted_case& one) {
    auto heading = title(one.with, one.size);
    auto c = one.subjects.front().second.instructions;
    for (auto& [subject, found] : one.subjects) {
        std::string instructions = "no valgrind", calls;
        if (found.instructions) {
            instructions = number(*found.instructions);
            auto more = std::llround(*found.instructions - *c);
            if (subject != subjects().front()) instructions = (more < 0 ? "(C " : "(C +") + std::to_string(more) + ")  " + instructions;
        }
        if (!found.calls) calls = "no strace";
        else for (auto& [name, count] : *found.calls) calls += (calls.empty() ? "" : "  ") + name + ' ' + number(count);
        std::printf("%-14s %-6s %17s %13s    %s\n", heading.c_str(), subject->name, instructions.c_str(),
                    number(found.allocations).c_str(), calls.c_str());
        heading.clear();
    }
    std::fflush(stdout);
}

void write_json(const std::string& path, const settings& chosen, const std::vector<timed_case>& timed,
                const std::vector<counted_case>& counted) {
    std::ofstream out(path);
    out << "{\n  \"machine\": " << in_json(machine()) << ",\n  \"compiler\": " << in_json(compiler())
        << ",\n  \"duration\": " << chosen.duration << ",\n  \"rounds\": " << chosen.rounds << ",\n  \"times\": [";
    const char* comma = "\n";
    for (auto& one : timed)
        for (auto& subject : one.subjects) {
            out << comma << "    {\"protocol\": \"" << one.with.name << "\", \"size\": " << one.size << ", \"subject\": \""
                << subject.subject->name << "\",\n     \"round_trips_a_second\": " << in_json(subject.of(&sample::rate))
                << ",\n     \"beside_c\": " << in_json(subject.of(&sample::beside))
                << ",\n     \"cpu_microseconds\": " << in_json(subject.of(&sample::cpu)) << "}";
            comma = ",\n";
        }
    out << "\n  ],\n  \"counts\": [";
    comma = "\n";
    for (auto& one : counted)
        for (auto& [subject, found] : one.subjects) {
            out << comma << "    {\"protocol\": \"" << one.with.name << "\", \"size\": " << one.size << ", \"subject\": \""
                << subject->name << "\", \"instructions\": ";
            if (found.instructions) out << *found.instructions;
            else out << "null";
            out << ", \"allocations\": " << found.allocations << ", \"system_calls\": " << in_json(found.calls) << "}";
            comma = ",\n";
        }
    out << "\n  ]\n}\n";
    if (!out.flush()) fail(path + ": cannot be written");
}

void draw_plot(const std::string& path, const std::vector<timed_case>& timed) {
    std::vector<bar_group> groups;
    for (auto& one : timed) {
        groups.push_back({title(one.with, one.size), {}});
        for (auto& subject : one.subjects) {
            auto rate = subject.of(&sample::rate);
            groups.back().bars.emplace_back(subject.subject->name, spread{rate.median / 1000, rate.lower / 1000, rate.upper / 1000});
        }
    }
    draw_bars(path, std::string(about.plot_title) + ", thousands of round trips a second (median, quartiles)", groups);
}
