// SPDX-License-Identifier: BSL-1.0
#include "report.hpp"

#include "../machine.hpp"

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>

// The main program of the benchmarks whose servers say back what they hear.

namespace {

constexpr char options[] =
    R"(  --list            names the cases
  --filter TEXT     only the cases whose name has TEXT in it
  --duration S      seconds of a round, shared by the subjects (2)
  --repeat N        rounds (5)
  --json FILE       writes the figures as JSON
  --plot FILE       draws round trips a second as SVG, with gnuplot
  --times-only      leaves out what valgrind and strace count
  --counts-only     leaves out the times
)";

std::string usage() { return std::string("usage: ") + program_invocation_short_name + " [OPTION...]\n" + about.summary + '\n' + options; }

struct named_case {
    protocol with;
    std::size_t size;
    std::string name;
};

std::vector<named_case> cases(const std::string& filter) {
    std::vector<named_case> all;
    for (auto with : protocols())
        for (auto size : sizes) {
            auto name = std::string(with.name) + '/' + std::to_string(size);
            if (name.find(filter) != std::string::npos) all.push_back({with, size, name});
        }
    return all;
}

// What makes the tables: the counts of each protocol are taken once, at its shortest message.
int run(const settings& chosen) {
    scratch folder;
    auto selected = cases(chosen.filter);
    if (selected.empty()) fail("no case has \"" + chosen.filter + "\" in its name (--list)");
    std::vector<timed_case> timed;
    std::vector<counted_case> counted;
    auto client = find_cores().client;
    if (chosen.times) {
        print_times_heading(chosen);
        stay_on(client);
        for (auto& one : selected) {
            timed.push_back({one.with, one.size, measure(one.with, one.size, chosen.duration, chosen.rounds, folder)});
            print(timed.back());
        }
    }
    if (chosen.counts) {
        print_counts_heading();
        stay_on(-1);
        for (auto& one : selected) {
            if (!counted.empty() && counted.back().with.number == one.with.number) continue;
            counted.push_back({one.with, one.size, {}});
            for (auto subject : subjects()) counted.back().subjects.emplace_back(subject, count(*subject, one.with, one.size, folder));
            print(counted.back());
        }
    }
    if (!chosen.json.empty()) write_json(chosen.json, chosen, timed, counted);
    if (!chosen.plot.empty()) draw_plot(chosen.plot, timed);
    return 0;
}

}  // namespace

int main(int count, char** words) {
    if (count == 5 && std::strcmp(words[1], "--serve") == 0) return serve(words[2], words[3], words[4]);
    std::signal(SIGPIPE, SIG_IGN);    // the client's own; every server has to look after itself
    auto chosen = read_settings(count, words, usage().c_str());
    if (!chosen.list) return run(chosen);
    for (auto& one : cases(chosen.filter)) std::puts(one.name.c_str());
}
