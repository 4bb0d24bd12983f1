// SPDX-License-Identifier: BSL-1.0
#pragma once

// How often this process has asked for memory, whether by malloc or by operator new. -1 where that cannot be told.
long allocations() noexcept;

// The same, and the bytes that it has now, in a place that another process can look at (a mapping that both share).
struct memory_in_use {
    long allocations, bytes;
};
void show_memory_in(memory_in_use* place) noexcept;
