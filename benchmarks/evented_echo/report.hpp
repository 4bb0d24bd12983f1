// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "../support/settings.hpp"
#include "counts.hpp"
#include "times.hpp"

// What was measured, for people (tables, a plot) and for programs (JSON).

void print_times_heading(const settings& chosen);
void print(const timed_cell& one);
void print_counts(const std::vector<counts>& all);

void write_json(const std::string& path, const settings& chosen, const std::vector<timed_cell>& timed, const std::vector<counts>& counted);

// Draws the server's CPU for a round trip by gnuplot; without gnuplot it says so.
void draw_plot(const std::string& path, const std::vector<timed_cell>& timed);
