// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <span>

// Ways to start a program and to wait for its end.

struct subject {
    const char* name;
    bool (*start)();    // starts /bin/true and collects it; nullptr: parent.py does
};
[[nodiscard]] std::span<const subject> subjects();
