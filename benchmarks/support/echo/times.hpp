// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "../figures.hpp"
#include "server.hpp"

// How fast the subjects are, beside each other: in every round each has a fresh server, and they take turns of equal length
// in an order drawn anew each time. So what slows the machine down for a moment slows all of them down.

struct sample {
    double rate;       // round trips a second
    double cpu;        // microseconds of the server's CPU for a round trip
    double beside;     // the rate by that of C in the same turn
};

struct times {
    const echo_subject* subject;
    std::vector<sample> samples;

    [[nodiscard]] spread of(double sample::* what) const;
};

inline constexpr int turns = 6;    // in a round

// A round lasts `duration` seconds, shared by the subjects.
[[nodiscard]] std::vector<times> measure(protocol with, std::size_t size, double duration, int rounds, const scratch& folder);
