// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "load.h"

#include <string>

// What is measured: not every combination, which would take hours, but those in which servers differ.

struct cell {
    const load_kind* load;
    unsigned connections;
    std::size_t size;
    unsigned depth;
    unsigned late = 0;       // of the connections: made under load, and only their first round trips are timed
    bool is_brief = false;    // one of the few that are enough for a look

    [[nodiscard]] std::string name() const {
        auto text = std::string(load->name) + '/' + std::to_string(connections) + '/' + std::to_string(size) + '/' + std::to_string(depth);
        return late ? text + "/late" : text;
    }
};

inline const cell cells[] = {
    {&load_epoll, 1, 64, 1, 0, true},    // nothing to batch: what an event costs, and the latency
    {&load_epoll, 50, 64, 1, 0, true},
    {&load_epoll, 50, 64, 16},           // requests that follow each other without waiting
    {&load_epoll, 50, 16384, 1},         // the copying counts
    {&load_epoll, 1000, 64, 1},
    {&load_epoll, 1000, 64, 1, 900},     // do latecomers starve?
    {&load_epoll, 10000, 64, 1},         // does a message cost more where there are more connections?
    {&load_uring, 50, 64, 1, 0, true},   // from here on the server is what limits
    {&load_uring, 50, 64, 16},
    {&load_uring, 50, 16384, 1},
    {&load_uring, 50, 16384, 16},
    {&load_uring, 1000, 64, 1},
    {&load_uring, 10000, 64, 1},
};

// Where an idle connection's memory is taken.
inline constexpr unsigned idle_connections = 10000;
