// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "ways.h"

#include <sys/types.h>
#include <vector>
#include <string>

// Where a copy goes: what is measured, and a reader in a process of its own at the other end.

struct copy_case {
    std::string name;
    copy_target target;
    std::string congestion_control;    // of a tcp connection
};

// Those that this kernel has.
[[nodiscard]] std::vector<copy_case> all_cases();

// An open way to a reader that reads 64 KiB at once on a core of its own, until the end.
class reader {
public:
    explicit reader(const copy_case& of);
    reader(const reader&) = delete;
    ~reader() { end(); }

    [[nodiscard]] int way() const noexcept { return way_; }
    // Says that all was written, and waits until all has been read.
    void end();

private:
    int way_ = -1;
    pid_t process_ = -1;
};
