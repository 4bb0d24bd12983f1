// SPDX-License-Identifier: BSL-1.0
#include "../support/figures.hpp"
#include "../support/machine.hpp"
#include "../support/settings.hpp"
#include "../support/tools.hpp"
#include "subjects.hpp"

#include <plumb/plumb.hpp>

#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sys/mman.h>
#include <sys/resource.h>
#include <utility>

// What it costs to start a program and to collect it, from a small parent and from a large one: what grows with the parent
// copies its page tables.

using namespace plumb;

namespace {

constexpr char usage[] =
    R"(usage: spawn [OPTION...]
What it costs to start /bin/true and to collect it, from a parent that has touched 10 MiB and from one with 2 GiB, in small pages.
Each subject starts from a parent of its own; their turns alternate.
  --list            names the subjects
  --filter TEXT     only those whose name has TEXT in it
  --duration S      seconds of a turn (0.3)
  --repeat N        turns of each (9)
  --json FILE       writes the figures as JSON
  --plot FILE       draws them as SVG, with gnuplot
)";

constexpr int sizes[] = {10, 2048};    // MiB

std::string size_name(int mebibytes) { return mebibytes < 1024 ? std::to_string(mebibytes) + " MiB" : std::to_string(mebibytes / 1024) + " GiB"; }

// ---- the parents ----

// Memory of small pages, all of them used: what fork would have to copy.
bool touch(std::size_t size) {
    auto memory = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) return false;
    ::madvise(memory, size, MADV_NOHUGEPAGE);
    std::memset(memory, 1, size);
    return true;
}

// Seconds of CPU, of this process and of the children that it has collected.
double cpu() {
    double seconds = 0;
    for (auto who : {RUSAGE_SELF, RUSAGE_CHILDREN}) {
        rusage used;
        ::getrusage(who, &used);
        for (auto& part : {used.ru_utime, used.ru_stime}) seconds += static_cast<double>(part.tv_sec) + static_cast<double>(part.tv_usec) / 1e6;
    }
    return seconds;
}

int be_parent(std::string_view name, std::size_t mebibytes) {
    bool (*start)() = nullptr;
    for (auto& each : subjects())
        if (each.name == name) start = each.start;
    if (!start || !touch(mebibytes << 20)) return 1;
    buffered turns(file::standard(standard_stream::input).value());
    for (auto line = turns.read_line(); line; line = turns.read_line()) {
        const auto turn = std::chrono::duration<double>(std::stod(std::string(*line)));
        const auto cpu_before = cpu();
        const auto begin = tcp::now();
        auto spent = tcp::now() - begin;
        int count = 0;
        for (; spent < turn; spent = tcp::now() - begin, ++count)
            if (!start()) return 1;
        std::printf("%d %.9f %.9f\n", count, std::chrono::duration<double>(spent).count(), cpu() - cpu_before);
        std::fflush(stdout);
    }
    return 0;
}

// Microseconds for one start, and those of CPU in the parent and in the child.
struct cost {
    double elapsed, cpu;
};

// A parent in its own process.
class parent {
public:
    parent(const subject& which, int mebibytes) : process_(started(which, std::to_string(mebibytes))), answers_(process_.output()) {}

    cost turn(double seconds) {
        if (!process_.input().write_all(std::to_string(seconds) + "\n")) fail("a parent has ended");
        auto line = answers_.read_line();
        int count = 0;
        double spent = 0, used = 0;
        if (!line || std::sscanf(std::string(*line).c_str(), "%d %lf %lf", &count, &spent, &used) != 3 || count == 0) fail("a parent does not answer");
        return {spent / count * 1e6, used / count * 1e6};
    }

private:
    static process started(const subject& which, std::string_view mebibytes) {
        auto self = std::filesystem::read_symlink("/proc/self/exe").string();
        auto script = std::string(SPAWN_FOLDER "/parent.py");
        auto made = which.start ? process::spawn({self, "--parent", which.name, mebibytes}, {.input = redirect::pipe, .output = redirect::pipe})
                                : process::spawn({"python3", script, mebibytes}, {.input = redirect::pipe, .output = redirect::pipe});
        if (!made) fail(std::string(which.name) + ": " + made.error().message());
        return *std::move(made);
    }

    process process_;
    buffered<pipe_reader&> answers_;
};

// ---- the figures ----

// What the turns from a parent of one size cost.
struct figures {
    std::vector<double> elapsed, cpu, elapsed_beside, cpu_beside;    // beside posix_spawn's of the same round
};
struct row {
    const subject* which;
    figures from[std::size(sizes)];
};

std::vector<double> ratios(const std::vector<double>& of, const std::vector<double>& to) {
    std::vector<double> each;
    for (std::size_t i = 0; i < of.size(); ++i) each.push_back(of[i] / to[i]);
    return each;
}

// All subjects at one size, turn by turn; the parents of another size are not there meanwhile.
void measure(std::vector<row>& all, std::size_t size, const settings& chosen) {
    std::vector<std::unique_ptr<parent>> parents;
    for (auto& each : all) parents.push_back(std::make_unique<parent>(*each.which, sizes[size]));
    for (auto& each : parents) (void)each->turn(0.02);    // the first one warms up
    for (int round = 0; round < chosen.rounds; ++round)
        for (std::size_t i = 0; i < all.size(); ++i) {
            auto [elapsed, used] = parents[i]->turn(chosen.duration);
            all[i].from[size].elapsed.push_back(elapsed);
            all[i].from[size].cpu.push_back(used);
        }
    for (auto& other : all)
        if (std::strcmp(other.which->name, "posix_spawn") == 0)
            for (auto& each : all) {
                each.from[size].elapsed_beside = ratios(each.from[size].elapsed, other.from[size].elapsed);
                each.from[size].cpu_beside = ratios(each.from[size].cpu, other.from[size].cpu);
            }
}

std::string with_quartiles(const std::vector<double>& values, int places) {
    if (values.empty()) return "";
    auto of = spread_of(values);
    return rounded(of.median, places) + " [" + rounded(of.lower, places) + ", " + rounded(of.upper, places) + "]";
}

void print(const std::vector<row>& all, const settings& chosen) {
    std::printf("Start and collect /bin/true: microseconds, medians and quartiles of %d turns of %g s. %s, %s.\n", chosen.rounds,
                chosen.duration, machine().c_str(), compiler().c_str());
    warn_of_load();
    for (std::size_t size = 0; size < std::size(sizes); ++size) {
        std::printf("\n  %-16s %25s %22s   %20s %22s\n", ("from " + size_name(sizes[size])).c_str(), "elapsed", "beside posix_spawn", "CPU", "beside posix_spawn");
        for (auto& each : all) {
            auto& of = each.from[size];
            std::printf("  %-16s %25s %22s   %20s %22s\n", each.which->name, with_quartiles(of.elapsed, 0).c_str(), with_quartiles(of.elapsed_beside, 2).c_str(),
                        with_quartiles(of.cpu, 0).c_str(), with_quartiles(of.cpu_beside, 2).c_str());
        }
    }
    std::printf("\n  %-16s %25s %45s\n", "large : small", "elapsed", "CPU");
    for (auto& each : all) {
        auto growth = [&](std::vector<double> figures::*what) {
            return rounded(spread_of(each.from[1].*what).median / spread_of(each.from[0].*what).median, 2);
        };
        std::printf("  %-16s %25s %45s\n", each.which->name, growth(&figures::elapsed).c_str(), growth(&figures::cpu).c_str());
    }
}

void write_json(const std::string& path, const std::vector<row>& all, const settings& chosen) {
    std::ofstream out(path);
    out << "{\n  \"machine\": " << in_json(machine()) << ",\n  \"compiler\": " << in_json(compiler()) << ",\n  \"duration\": "
        << chosen.duration << ",\n  \"rounds\": " << chosen.rounds << ",\n  \"starts\": [";
    const char* comma = "\n";
    for (auto& each : all)
        for (std::size_t size = 0; size < std::size(sizes); ++size) {
            auto& of = each.from[size];
            out << std::exchange(comma, ",\n") << "    {\"subject\": " << in_json(each.which->name) << ", \"parent_mebibytes\": "
                << sizes[size] << ",\n     \"elapsed_microseconds\": " << in_json(spread_of(of.elapsed)) << ",\n     \"cpu_microseconds\": "
                << in_json(spread_of(of.cpu));
            if (!of.elapsed_beside.empty())
                out << ",\n     \"elapsed_beside_posix_spawn\": " << in_json(spread_of(of.elapsed_beside))
                    << ",\n     \"cpu_beside_posix_spawn\": " << in_json(spread_of(of.cpu_beside));
            out << "}";
        }
    out << "\n  ]\n}\n";
    if (!out.flush()) fail(path + ": cannot be written");
}

void draw_plot(const std::string& path, const std::vector<row>& all) {
    if (!has_tool("gnuplot")) return (void)std::printf("\nNo plot: gnuplot is not installed (package gnuplot-nox).\n");
    std::string script = "$data << END\n";
    for (auto& each : all) {
        script += "\"" + std::string(each.which->name) + "\"";
        for (auto& one : each.from) {
            auto of = spread_of(one.elapsed);
            for (auto value : {of.median, of.lower, of.upper}) script += ' ' + rounded(value, 1);
        }
        script += "\n";
    }
    script += "END\nset terminal svg size 640,420 font 'sans-serif,13' background '#ffffff'\nset output '" + path + "'\n"
              "set title 'Start and collect /bin/true: microseconds (median, quartiles)'\n"
              "set style data histogram\nset style histogram errorbars gap 1.5 lw 1\nset style fill solid 0.9 noborder\n"
              "set boxwidth 0.9\nset yrange [0:*]\nset grid y lc '#dddddd'\nset border 1\nset tics nomirror scale 0\n"
              "set key outside bottom center horizontal\nset bars 0.4\n"
              "plot $data using 2:3:4:xtic(1) title 'from " + size_name(sizes[0]) + "' lc '#9aa5b1', "
              "$data using 5:6:7 title 'from " + size_name(sizes[1]) + "' lc '#1f6feb'\n";
    auto drawn = process::run({"gnuplot"}, {.input = script});
    if (!drawn || !drawn->status.succeeded()) fail("gnuplot could not draw " + path);
}

std::vector<row> selected(const std::string& filter) {
    std::vector<row> found;
    for (auto& each : subjects())
        if (std::string(each.name).find(filter) != std::string::npos && (each.start || has_tool("python3"))) found.push_back({&each, {}});
    if (found.empty()) fail("no subject has \"" + filter + "\" in its name (--list)");
    return found;
}

}  // namespace

int main(int count, char** words) {
    if (count == 4 && std::strcmp(words[1], "--parent") == 0) return be_parent(words[2], std::stoul(words[3]));
    settings defaults;
    defaults.duration = 0.3;
    defaults.rounds = 9;
    auto chosen = read_settings(count, words, usage, defaults);
    auto all = selected(chosen.filter);
    if (chosen.list) {
        for (auto& each : all) std::puts(each.which->name);
        return 0;
    }
    for (std::size_t size = 0; size < std::size(sizes); ++size) measure(all, size, chosen);
    print(all, chosen);
    if (!chosen.json.empty()) write_json(chosen.json, all, chosen);
    if (!chosen.plot.empty()) draw_plot(chosen.plot, all);
}
