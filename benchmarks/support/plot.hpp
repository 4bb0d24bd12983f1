// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "figures.hpp"

#include <string>
#include <utility>
#include <vector>

// Bars in groups, each with the same subjects, or fewer of them.
struct bar_group {
    std::string name;
    std::vector<std::pair<std::string, spread>> bars;
};

// Draws them as SVG by gnuplot; without gnuplot it says so.
void draw_bars(const std::string& path, const std::string& title, const std::vector<bar_group>& groups);
