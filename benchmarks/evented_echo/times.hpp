// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "../support/figures.hpp"
#include "cells.hpp"
#include "server.hpp"

// How the subjects do beside each other. In every round each gets a turn with a fresh server, in an order drawn anew: what
// slows the machine down for a while slows all of them down.

struct sample {
    double rate;                   // round trips a second
    double cpu;                    // microseconds of the server's CPU for a round trip, user and system
    double calls;                  // the server's system calls for a round trip; below 0 where nobody counts them
    double p50, p99, p999;         // microseconds
    double rate_beside = 1, cpu_beside = 1;    // by that of C on epoll in the same round
};

struct times {
    const evented_subject* subject;
    std::vector<sample> samples;
    std::string wrong;    // empty when all turns went well

    [[nodiscard]] spread of(double sample::* what) const;
};

struct timed_cell {
    const cell* where;
    std::vector<times> subjects;
};

// A round lasts `duration` seconds, shared by the subjects; starting and connecting come on top.
[[nodiscard]] timed_cell measure(const cell& where, double duration, int rounds);
