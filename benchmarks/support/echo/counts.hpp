// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "server.hpp"

#include <map>
#include <optional>

// What a server does for a round trip that does not depend on the machine: each figure is the difference of two runs of
// different lengths, by their difference in length.

struct counts {
    std::optional<double> instructions;               // of the user's half; by callgrind
    std::optional<std::map<std::string, double>> calls;    // system calls by name; by strace
    double allocations = 0;
};

[[nodiscard]] counts count(const echo_subject& subject, protocol with, std::size_t size, const scratch& folder);
