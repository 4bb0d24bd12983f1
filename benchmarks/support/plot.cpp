// SPDX-License-Identifier: BSL-1.0
#include "plot.hpp"

#include "tools.hpp"

#include <algorithm>
#include <cstdio>
#include <map>

namespace {

// The same subject has the same colour in every plot: what it is measured against is grey, plumb blue. A name's first word is its
// family, in which the shades go on.
std::string colour_of(const std::vector<std::pair<std::string, spread>>& bars, std::size_t which) {
    static const std::map<std::string, std::vector<const char*>> families = {
        {"C", {"#9aa5b1", "#5b6673"}}, {"loop", {"#9aa5b1"}}, {"plumb", {"#1f6feb", "#6ea8fe", "#0b3d91"}}, {"Asio", {"#d9822b", "#e8b27a"}}};
    static const std::vector<const char*> others = {"#7a9e5f", "#8250df", "#b35c9e"};
    auto family = [&](std::size_t i) { return families.find(bars[i].first.substr(0, bars[i].first.find_first_of(" ,"))); };
    std::size_t before = 0;
    for (std::size_t i = 0; i < which; ++i) before += family(i) == family(which);
    auto& shades = family(which) == families.end() ? others : family(which)->second;
    return shades[before % shades.size()];
}

}  // namespace

void draw_bars(const std::string& path, const std::string& title, const std::vector<bar_group>& groups) {
    if (groups.empty()) return;
    if (!has_tool("gnuplot")) {
        std::printf("\nNo plot: gnuplot is not installed (package gnuplot-nox).\n");
        return;
    }
    FILE* plot = ::popen("gnuplot", "w");
    if (!plot) fail("gnuplot cannot be started");
    auto most = &groups.front();
    for (auto& group : groups)
        if (group.bars.size() > most->bars.size()) most = &group;
    std::fprintf(plot, "$data << END\n");
    for (auto& group : groups) {
        std::fprintf(plot, "\"%s\"", group.name.c_str());
        for (auto& [name, unused] : most->bars) {
            auto found = std::ranges::find(group.bars, name, &std::pair<std::string, spread>::first);
            if (found == group.bars.end()) std::fprintf(plot, " ? ? ?");
            else std::fprintf(plot, " %.4f %.4f %.4f", found->second.median, found->second.lower, found->second.upper);
        }
        std::fprintf(plot, "\n");
    }
    std::fprintf(plot, "END\n");
    std::fprintf(plot,
                 "set datafile missing '?'\n"
                 "set terminal svg size %d,440 font 'sans-serif,13' background '#ffffff'\n"
                 "set output '%s'\n"
                 "set title '%s'\n"
                 "set style data histogram\nset style histogram errorbars gap 1.5 lw 1\nset style fill solid 0.9 noborder\n"
                 "set boxwidth 0.9\nset yrange [0:*]\nset grid y lc '#dddddd'\nset border 1\nset tics nomirror scale 0\n%s"
                 "set xtics noenhanced\nset key noenhanced outside bottom center horizontal\nset bars 0.4\n",
                 std::max(980, static_cast<int>(100 + groups.size() * (40 + 16 * most->bars.size()))), path.c_str(), title.c_str(),
                 std::ranges::any_of(groups, [](auto& group) { return group.name.size() > 14; }) ? "set xtics rotate by -25\n" : "");
    for (std::size_t i = 0; i < most->bars.size(); ++i)
        std::fprintf(plot, "%s$data using %zu:%zu:%zu%s title '%s' lc '%s'", i == 0 ? "plot " : ", ", 3 * i + 2, 3 * i + 3, 3 * i + 4,
                     i == 0 ? ":xtic(1)" : "", most->bars[i].first.c_str(), colour_of(most->bars, i).c_str());
    std::fprintf(plot, "\n");
    if (::pclose(plot) != 0) fail("gnuplot could not draw " + path);
}
