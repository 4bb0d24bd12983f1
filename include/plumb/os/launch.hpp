// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/os/handle.hpp>
#include <plumb/os/slice.hpp>

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

// What a child process is started with, and what it leaves when it ends.

namespace plumb::inline v0_1::os {

// How a child ended: the code that it gave, or the signal that ended it.
struct ending {
    std::uint32_t code = 0;
    int signal = 0;    // 0: it ended by itself
    bool core_dumped = false;
};

// What a child is started with.
struct launch {
    std::array<handle, 3> streams{none, none, none};    // its standard streams; none: those of this program
    slice<const handle> keep{};                         // what it finds open beside them, under the same numbers
    std::string_view directory{};                       // where it starts; empty: where this program is
    bool own_group = false;                             // whether it and what it starts can be ended together
    bool inherit_signals = false;                       // whether it has this thread's signal mask and ignores what we ignore
    slice<const std::string_view> words{};              // the program and its arguments
    const std::vector<std::string>* variables = nullptr;    // its environment, each NAME=value; nullptr: that of this program
};

}  // namespace plumb::os
