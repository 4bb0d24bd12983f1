// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/os/clock.hpp>
#include <plumb/os/passing.hpp>
#include <plumb/os/resolver.hpp>
#include <plumb/os/socket.hpp>
#include <plumb/os/socket_file.hpp>
#include <plumb/os/thread.hpp>
#include <plumb/os/transfer.hpp>

// The kernel of this machine: the system that the protocol tags stand on, unless they are told another. That a port lacks no
// call is proved by tests/os/native.cpp: to ask the concepts here would cost every program a twentieth of its compile time.

namespace plumb::inline v0_1::os {

struct native : native_clock,
                native_random,
                native_threads,
                native_names,
                native_sockets,
                native_socket_files,
                native_passing,
                native_transfers {};

}  // namespace plumb::os
