// SPDX-License-Identifier: BSL-1.0
#include "../support/figures.hpp"
#include "../support/machine.hpp"
#include "../support/plot.hpp"
#include "../support/settings.hpp"
#include "../support/tools.hpp"
#include "course.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <random>
#include <unistd.h>

// plumb's copy and send_file beside a loop over 64 KiB, sendfile and splice in C.

namespace {

constexpr char usage[] =
    R"(usage: copy [OPTION...]
How fast plumb copies a file into a connection or a pipe, and one connection into another, beside a loop over 64 KiB,
sendfile and splice in C.
  --list            names the cases
  --filter TEXT     only the cases whose name has TEXT in it
  --duration S      the size of the file: 256 MiB for a second (1)
  --repeat N        rounds; in each every subject has one turn with a fresh connection (9)
  --json FILE       writes the figures as JSON
  --plot FILE       draws MiB a second as SVG, with gnuplot
)";

constexpr double mebibyte = 1 << 20, gibibyte = 1 << 30;

const copy_subject* const subjects[] = {&copy_loop, &copy_sendfile, &copy_splice, &copy_plumb, &copy_send_file};    // the loop first

struct sample {
    double rate;      // MiB a second, until all has been read
    double cpu;       // milliseconds of CPU for a GiB, where it is copied
    double beside;    // the rate by that of the loop in the same round
};

struct measured {
    const copy_subject* subject;
    std::vector<sample> samples;

    [[nodiscard]] spread of(double sample::* what) const {
        std::vector<double> values;
        for (auto& one : samples) values.push_back(one.*what);
        return spread_of(std::move(values));
    }
};

source make_source(const scratch& folder, double seconds) {
    source made{folder / "file", 0};
    std::ofstream out(made.path, std::ios::binary);
    std::string block(1 << 20, ' ');
    std::mt19937 dice(1);
    for (auto& c : block) c = static_cast<char>(dice());
    for (; made.size < seconds * 256 * mebibyte; made.size += mebibyte) out << block;
    if (!out.flush()) fail(made.path + ": cannot be written");
    return made;
}

sample take_turn(copy_way way, const copy_case& one, const source& from) {
    using clock = std::chrono::steady_clock;
    course open(one, from);
    auto cpu = cpu_of(::getpid());
    auto start = clock::now();
    way(open.from(), open.to());
    open.end();
    auto passed = std::chrono::duration<double>(clock::now() - start).count();
    return {from.size / mebibyte / passed, (cpu_of(::getpid()) - cpu) * 1000 / (from.size / gibibyte), 1};
}

std::vector<measured> measure(const copy_case& one, const source& from, int rounds) {
    std::vector<measured> all;
    for (auto subject : subjects)
        if (subject->ways[one.pair]) all.push_back({subject, {}});
    std::vector<std::size_t> order;
    for (auto& each : all) order.push_back(order.size()), (void)take_turn(each.subject->ways[one.pair], one, from);
    std::mt19937 dice(std::random_device{}());
    for (int round = 0; round < rounds; ++round) {
        std::ranges::shuffle(order, dice);
        for (auto i : order) all[i].samples.push_back(take_turn(all[i].subject->ways[one.pair], one, from));
        auto loop = all[0].samples.back().rate;
        for (auto& each : all) each.samples.back().beside = each.samples.back().rate / loop;
    }
    return all;
}

void print(const copy_case& one, const std::vector<measured>& all) {
    auto heading = one.name;
    for (auto& each : all) {
        auto rate = each.of(&sample::rate), beside = each.of(&sample::beside), cpu = each.of(&sample::cpu);
        auto from_to = grouped(rate.lower) + " to " + grouped(rate.upper);
        auto ratio = &each == &all.front() ? "1" : rounded(beside.median, 2) + "  " + rounded(beside.lower, 2) + " to " + rounded(beside.upper, 2);
        std::printf("%-19s %-16s %6s  %16s    %-20s %s\n", heading.c_str(), each.subject->name, grouped(rate.median).c_str(),
                    from_to.c_str(), ratio.c_str(), grouped(cpu.median).c_str());
        heading.clear();
    }
    std::fflush(stdout);
}

}  // namespace

int main(int count, char** words) {
    settings usual;
    usual.duration = 1;
    usual.rounds = 9;
    auto chosen = read_settings(count, words, usage, usual);
    std::vector<copy_case> cases;
    for (auto& one : all_cases())
        if (one.name.find(chosen.filter) != std::string::npos) cases.push_back(one);
    if (cases.empty()) fail("no case has \"" + chosen.filter + "\" in its name (--list)");
    if (chosen.list) {
        for (auto& one : cases) std::puts(one.name.c_str());
        return 0;
    }
    auto [client, servers] = find_cores();
    scratch folder;
    auto from = make_source(folder, chosen.duration);
    stay_on(servers);
    std::printf("A file of %.0f MiB, in memory, or as much from a connection; the same reader, 64 KiB at once, for all; ", from.size / mebibyte);
    if (client == servers) std::printf("both on one core.\n");
    else std::printf("copying on core %d, the other ends on core %d.\n", servers, client);
    std::printf("%s. %s.\nMedian and quartiles of %d rounds.\n", compiler().c_str(), machine().c_str(), chosen.rounds);
    warn_of_load();
    std::printf("\n%-36s %24s    %-20s %s\n", "", "MiB a second", "beside the loop", "CPU, ms a GiB");

    std::vector<bar_group> bars;
    std::string json;
    for (auto& one : cases) {
        auto all = measure(one, from, chosen.rounds);
        print(one, all);
        bars.push_back({one.name, {}});
        for (auto& each : all) {
            bars.back().bars.emplace_back(each.subject->name, each.of(&sample::rate));
            json += std::string(json.empty() ? "\n" : ",\n") + "    {\"case\": " + in_json(one.name) + ", \"subject\": " + in_json(each.subject->name) +
                    ",\n     \"mebibytes_a_second\": " + in_json(each.of(&sample::rate)) + ",\n     \"beside_the_loop\": " +
                    in_json(each.of(&sample::beside)) + ",\n     \"cpu_milliseconds_a_gibibyte\": " + in_json(each.of(&sample::cpu)) + "}";
        }
    }
    if (!chosen.json.empty()) {
        std::ofstream out(chosen.json);
        out << "{\n  \"machine\": " << in_json(machine()) << ",\n  \"compiler\": " << in_json(compiler()) << ",\n  \"rounds\": " << chosen.rounds
            << ",\n  \"times\": [" << json << "\n  ]\n}\n";
        if (!out.flush()) fail(chosen.json + ": cannot be written");
    }
    if (!chosen.plot.empty()) draw_bars(chosen.plot, "Copying, MiB a second (median, quartiles)", bars);
}
