// SPDX-License-Identifier: BSL-1.0
#include "report.hpp"

#include "../support/machine.hpp"
#include "../support/plot.hpp"

#include <cstdio>
#include <cstring>
#include <fstream>
#include <utility>

namespace {

std::string title(const cell& one) {
    auto text = grouped(one.connections) + (one.connections == 1 ? " connection, " : " connections, ") + bytes(one.size);
    if (one.depth > 1) text += ", " + std::to_string(one.depth) + " under way";
    if (one.late) text += ", " + std::to_string(one.late) + " of them late";
    return text + ", client on " + one.load->name;
}

std::string interval(const spread& of) { return rounded(of.median, 3) + "  " + rounded(of.lower, 2) + " to " + rounded(of.upper, 2); }

bool is_ours(const evented_subject& one) { return std::strncmp(one.name, "plumb", 5) == 0; }
bool is_peer(const evented_subject& one) { return !is_ours(one) && std::strncmp(one.name, "C,", 2) != 0; }

// Which peer makes more round trips a second than this one of ours.
std::string lost_to(const times& ours, const timed_cell& in) {
    if (!is_ours(*ours.subject)) return "";
    auto rate = ours.of(&sample::rate).median;
    std::string names;
    for (auto& other : in.subjects)
        if (is_peer(*other.subject) && !other.samples.empty() && other.of(&sample::rate).median > rate)
            names += (names.empty() ? "  lost to " : ", ") + std::string(other.subject->name);
    return names;
}

}  // namespace

void print_times_heading(const settings& chosen) {
    auto [client, servers] = find_cores();
    std::printf("Event-driven echo over loopback. The same clients, in C, for every server; ");
    if (client == servers) std::printf("both on one core.\n");
    else std::printf("client on core %d, server on core %d.\n", client, servers);
    std::printf("%s. %s.\n", compiler().c_str(), machine().c_str());
    std::printf("Medians of %d turns of %.0f ms, each with a fresh server; beside C on epoll in the same round, with quartiles.\n", chosen.rounds,
                chosen.duration * 1000 / static_cast<double>(subjects().size()));
    warn_of_load();
    for (auto one : all_subjects())
        if (!one->serve) std::printf("%s is not here: the package %s was not installed when this was built.\n", one->name, one->missing);
        else if (one == &subject_c_uring && subjects().size() > 1 && subjects()[1] != one) std::printf("%s is not here: the kernel does not allow it.\n", one->name);
}

void print(const timed_cell& one) {
    std::printf("\n%s\n  %-16s %21s %18s %13s %21s %7s %26s\n", title(*one.where).c_str(), "", "round trips a second", "beside C",
                "CPU a trip", "beside C", "calls", "p50 / p99 / p99.9 us");
    for (auto& subject : one.subjects) {
        if (!subject.wrong.empty()) {
            std::printf("  %-16s failed: %s\n", subject.subject->name, subject.wrong.c_str());
            continue;
        }
        auto calls = subject.of(&sample::calls).median;
        auto latency = rounded(subject.of(&sample::p50).median, 0) + " / " + rounded(subject.of(&sample::p99).median, 0) + " / "
                     + rounded(subject.of(&sample::p999).median, 0);
        std::printf("  %-16s %17s   %20s %10.2f us %21s %7s %26s%s\n", subject.subject->name, grouped(subject.of(&sample::rate).median).c_str(),
                    interval(subject.of(&sample::rate_beside)).c_str(), subject.of(&sample::cpu).median,
                    interval(subject.of(&sample::cpu_beside)).c_str(), calls < 0 ? "?" : rounded(calls, 2).c_str(), latency.c_str(),
                    lost_to(subject, one).c_str());
    }
    std::fflush(stdout);
}

void print_counts(const std::vector<counts>& all) {
    std::printf("\nWhat does not depend on the machine, in the server.\n\n  %-16s %43s   %36s\n  %-16s %17s %11s %13s   %11s %11s %12s   %s\n", "",
                "for a round trip of 64 B", "for an idle connection", "", "user instructions", "in batches", "allocations", "allocations", "malloc's B",
                "resident B", "system calls for a round trip");
    for (auto& one : all) {
        std::string calls;
        if (!one.calls) calls = "no strace";
        else for (auto& [name, count] : *one.calls) calls += (calls.empty() ? "" : "  ") + name + ' ' + number(count);
        std::printf("  %-16s %17s %11s %13s   %11s %11s %12s   %s\n", one.subject->name, one.instructions ? number(*one.instructions).c_str() : "no valgrind",
                    one.batched ? number(*one.batched).c_str() : "",
                    number(one.allocations).c_str(), number(one.connection_allocations).c_str(), grouped(one.connection_bytes).c_str(),
                    grouped(one.connection_resident).c_str(), calls.c_str());
    }
    std::fflush(stdout);
}

void write_json(const std::string& path, const settings& chosen, const std::vector<timed_cell>& timed, const std::vector<counts>& counted) {
    std::ofstream out(path);
    out << "{\n  \"machine\": " << in_json(machine()) << ",\n  \"compiler\": " << in_json(compiler())
        << ",\n  \"duration\": " << chosen.duration << ",\n  \"rounds\": " << chosen.rounds << ",\n  \"times\": [";
    const char* comma = "\n";
    for (auto& one : timed)
        for (auto& subject : one.subjects) {
            auto& where = *one.where;
            out << std::exchange(comma, ",\n") << "    {\"cell\": " << in_json(where.name()) << ", \"client\": " << in_json(where.load->name)
                << ", \"connections\": " << where.connections << ", \"size\": " << where.size << ", \"depth\": " << where.depth
                << ", \"late\": " << where.late << ", \"subject\": " << in_json(subject.subject->name);
            if (!subject.wrong.empty()) {
                out << ", \"failed\": " << in_json(subject.wrong) << "}";
                continue;
            }
            constexpr std::pair<const char*, double sample::*> figures[] = {
                {"round_trips_a_second", &sample::rate}, {"round_trips_beside_c", &sample::rate_beside}, {"cpu_microseconds", &sample::cpu},
                {"cpu_beside_c", &sample::cpu_beside}, {"system_calls", &sample::calls}, {"p50_microseconds", &sample::p50},
                {"p99_microseconds", &sample::p99}, {"p999_microseconds", &sample::p999}};
            for (auto [name, figure] : figures) {
                if (figure == &sample::calls && subject.of(figure).median < 0) out << ",\n     \"" << name << "\": null";
                else out << ",\n     \"" << name << "\": " << in_json(subject.of(figure));
            }
            out << "}";
        }
    out << "\n  ],\n  \"counts\": [";
    comma = "\n";
    for (auto& one : counted) {
        out << std::exchange(comma, ",\n") << "    {\"subject\": " << in_json(one.subject->name) << ", \"instructions\": ";
        if (one.instructions) out << *one.instructions << ", \"instructions_in_batches\": " << *one.batched;
        else out << "null, \"instructions_in_batches\": null";
        out << ", \"allocations\": " << one.allocations << ",\n     \"connection_allocations\": " << one.connection_allocations
            << ", \"connection_bytes\": " << one.connection_bytes << ", \"connection_resident_bytes\": " << one.connection_resident
            << ", \"system_calls\": " << in_json(one.calls) << "}";
    }
    out << "\n  ]\n}\n";
    if (!out.flush()) fail(path + ": cannot be written");
}

void draw_plot(const std::string& path, const std::vector<timed_cell>& timed) {
    std::vector<bar_group> groups;
    for (auto& one : timed) {
        groups.push_back({one.where->name(), {}});
        for (auto& subject : one.subjects)
            groups.back().bars.emplace_back(subject.subject->name, subject.samples.empty() ? spread{} : subject.of(&sample::cpu));
    }
    draw_bars(path, "Event-driven echo: microseconds of server CPU for a round trip (median, quartiles)\\n{/*0.8 client / connections / bytes / under way}", groups);
}
