// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <string>

// The machine that a benchmark runs on, and the compiler that made it.

[[nodiscard]] std::string machine();
[[nodiscard]] std::string compiler();

// Says so where the machine has other work.
void warn_of_load();

// The cores that the client and the servers run on; the same one twice where there is only one.
struct cores {
    int client, servers;
};
[[nodiscard]] cores find_cores();
void stay_on(int core);    // -1: all that there are
