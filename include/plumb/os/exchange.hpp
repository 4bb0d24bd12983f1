// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/os/owner.hpp>
#include <plumb/os/pipe.hpp>
#include <plumb/os/process.hpp>

// A child's whole conversation at once: whatever it reads, writes and waits for first, nobody waits for the other for ever.

namespace plumb::inline v0_1::os {

struct exchange {
    struct listening {
        handle from = none;
        std::string* to = nullptr;
    };

    owner<native_pipes> input{};    // closed once everything was sent or nobody reads it any more
    bytes unsent{};
    std::array<listening, 2> outputs{};
    std::size_t most = 0;    // of each output
};

//   carry(child, exchange, patience)    moves everything until the child has ended, and takes what it has written by then. It does
//                                       not wait for an output's end: something that the child has started may hold it open.
//                                       Leaves the child to be collected. Errors: too_long; timed_out and cancelled by the limits.

}  // namespace plumb::os

#if defined(PLUMB_OS_WINDOWS)
#include <plumb/os/windows/exchange.hpp>
#else
#include <plumb/os/posix/exchange.hpp>
#endif
