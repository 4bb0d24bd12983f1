// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <string>

// The options that the benchmarks share.

struct settings {
    double duration = 2;
    int rounds = 5;
    std::string filter, json, plot;
    bool list = false, times = true, counts = true;
};

// Reads the command line over what `chosen` says already; ends the program on --help and where an option is wrong.
[[nodiscard]] settings read_settings(int count, char** words, const char* usage, settings chosen = {});
