// SPDX-License-Identifier: BSL-1.0
#include "report.hpp"

#include "../support/machine.hpp"

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <sys/resource.h>

// The event-driven echo path: one thread for all connections, beside hand-written C on epoll and on io_uring, Asio and libuv.

namespace {

constexpr char usage[] =
    R"(usage: evented_echo [OPTION...]
What a round trip costs an event-driven echo server, beside hand-written C, Asio and libuv, and what it does that no machine changes.
  --list            names the cells: client/connections/bytes/under way
  --filter TEXT     only the cells whose name has TEXT in it; brief: three of them. With --counts-only: only such subjects
  --duration S      seconds of a round, shared by the subjects (2)
  --repeat N        rounds (7)
  --json FILE       writes the figures as JSON
  --plot FILE       draws the server's CPU for a round trip as SVG, with gnuplot
  --times-only      leaves out what valgrind, strace and malloc's books count
  --counts-only     leaves out the times
)";

std::vector<const cell*> selected(const std::string& filter) {
    std::vector<const cell*> found;
    for (auto& one : cells)
        if (filter == "brief" ? one.is_brief : one.name().find(filter) != std::string::npos) found.push_back(&one);
    if (found.empty()) fail("no cell has \"" + filter + "\" in its name (--list)");
    return found;
}

// Ten thousand connections need as many descriptors, here and in the servers.
void allow_descriptors() {
    rlimit allowed;
    if (::getrlimit(RLIMIT_NOFILE, &allowed) == -1) return;
    allowed.rlim_cur = allowed.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &allowed);
}

int run(const settings& chosen) {
    std::vector<timed_cell> timed;
    std::vector<counts> counted;
    if (chosen.times) {
        print_times_heading(chosen);
        stay_on(find_cores().client);
        for (auto one : selected(chosen.filter)) {
            if (one->load == &load_uring && !uring_possible()) continue;
            timed.push_back(measure(*one, chosen.duration, chosen.rounds));
            print(timed.back());
        }
    }
    if (chosen.counts) {
        scratch folder;
        stay_on(-1);
        for (auto subject : subjects())
            if (chosen.times || std::string(subject->name).find(chosen.filter) != std::string::npos) counted.push_back(count(*subject, folder));
        print_counts(counted);
    }
    if (!chosen.json.empty()) write_json(chosen.json, chosen, timed, counted);
    if (!chosen.plot.empty()) draw_plot(chosen.plot, timed);
    return 0;
}

// For tests/faults/ten_thousand.py: holds connections to a server, and makes a round trip on each for every line that it reads.
int hold(unsigned port, unsigned connections) {
    load_shape shape{port, connections, 1, 64, 0};
    auto held = load_epoll.open(&shape);
    std::printf("%u connected\n", connections);
    std::fflush(stdout);
    for (char line[80]; std::fgets(line, sizeof line, stdin);) {
        load_result result;
        auto wrong = load_epoll.run(held, 60, 1, &result);
        std::printf("%llu answered%s%s\n", static_cast<unsigned long long>(result.all_trips), wrong ? ": " : "", wrong ? wrong : "");
        std::fflush(stdout);
    }
    load_epoll.close(held);
    return 0;
}

}  // namespace

int main(int count, char** words) {
    allow_descriptors();
    if (count == 4 && std::strcmp(words[1], "--serve") == 0) return serve(words[2], words[3]);
    if (count == 4 && std::strcmp(words[1], "--hold") == 0)
        return hold(static_cast<unsigned>(std::atoi(words[2])), static_cast<unsigned>(std::atoi(words[3])));
    settings defaults;
    defaults.rounds = 7;
    auto chosen = read_settings(count, words, usage, defaults);
    if (!chosen.list) return run(chosen);
    for (auto one : selected(chosen.filter)) std::puts(one->name().c_str());
}
