// SPDX-License-Identifier: BSL-1.0
#include "plot.hpp"

#include "tools.hpp"

#include <cstdio>

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
        for (std::size_t i = 0; i < most->bars.size(); ++i) {
            if (i < group.bars.size()) std::fprintf(plot, " %.1f %.1f %.1f", group.bars[i].second.median, group.bars[i].second.lower, group.bars[i].second.upper);
            else std::fprintf(plot, " ? ? ?");
        }
        std::fprintf(plot, "\n");
    }
    std::fprintf(plot, "END\n");
    std::fprintf(plot,
                 "set datafile missing '?'\n"
                 "set terminal svg size 980,420 font 'sans-serif,13' background '#ffffff'\n"
                 "set output '%s'\n"
                 "set title '%s'\n"
                 "set style data histogram\nset style histogram errorbars gap 1.5 lw 1\nset style fill solid 0.9 noborder\n"
                 "set boxwidth 0.9\nset yrange [0:*]\nset grid y lc '#dddddd'\nset border 1\nset tics nomirror scale 0\n"
                 "set key outside bottom center horizontal\nset bars 0.4\n",
                 path.c_str(), title.c_str());
    constexpr const char* colours[] = {"#9aa5b1", "#1f6feb", "#d9822b", "#2f9e6e", "#8250df"};
    for (std::size_t i = 0; i < most->bars.size(); ++i)
        std::fprintf(plot, "%s$data using %zu:%zu:%zu%s title '%s' lc '%s'", i == 0 ? "plot " : ", ", 3 * i + 2, 3 * i + 3, 3 * i + 4,
                     i == 0 ? ":xtic(1)" : "", most->bars[i].first.c_str(), colours[i % std::size(colours)]);
    std::fprintf(plot, "\n");
    if (::pclose(plot) != 0) fail("gnuplot could not draw " + path);
}
