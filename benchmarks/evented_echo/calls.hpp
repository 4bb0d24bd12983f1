// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <optional>
#include <sys/types.h>

// How many system calls a process makes, counted by the kernel's own tracepoint: a tracer would slow the server down, and a
// slow server finds bigger batches. Needs root and a kernel that lists its tracepoints; else it counts nothing.
class call_counter {
public:
    explicit call_counter(pid_t process);
    ~call_counter();
    call_counter(const call_counter&) = delete;
    call_counter& operator=(const call_counter&) = delete;

    [[nodiscard]] std::optional<double> so_far() const;

private:
    int event_ = -1;
};
