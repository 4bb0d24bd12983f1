// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "ways.h"

#include <string>
#include <sys/types.h>
#include <vector>

// What a copy goes between: a file or a process that writes, and a process that reads, both on a core of their own.

struct copy_case {
    std::string name;
    copy_pair pair;
    std::string congestion_control;    // of connections of TCP
};

// Those that this kernel has.
[[nodiscard]] std::vector<copy_case> all_cases();

// A file, and how long it is.
struct source {
    std::string path;
    double size;
};

// Both ends, open and fresh.
class course {
public:
    course(const copy_case& of, const source& file);
    course(const course&) = delete;
    ~course() { end(); }

    [[nodiscard]] int from() const noexcept { return from_; }
    [[nodiscard]] int to() const noexcept { return to_; }
    // Says that all was written, and waits until all has been read.
    void end();

private:
    int from_ = -1, to_ = -1;
    pid_t writer_ = -1, reader_ = -1;
};
