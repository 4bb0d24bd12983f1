// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "../settings.hpp"
#include "counts.hpp"
#include "times.hpp"

// What was measured, for people (a table, a plot) and for programs (JSON).

struct timed_case {
    protocol with;
    std::size_t size;
    std::vector<times> subjects;
};

struct counted_case {
    protocol with;
    std::size_t size;
    std::vector<std::pair<const echo_subject*, counts>> subjects;
};

void print_times_heading(const settings& chosen);
void print(const timed_case& one);
void print_counts_heading();
void print(const counted_case& one);

void write_json(const std::string& path, const settings& chosen, const std::vector<timed_case>& timed,
                const std::vector<counted_case>& counted);

// Draws round trips a second by gnuplot; without gnuplot it says so.
void draw_plot(const std::string& path, const std::vector<timed_case>& timed);
