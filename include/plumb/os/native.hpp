// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/os/clock.hpp>
#include <plumb/os/resolver.hpp>
#include <plumb/os/socket.hpp>
#include <plumb/os/thread.hpp>

// The kernel of this machine: the system that the protocol tags stand on, unless they are told another.

namespace plumb::inline v0_1::os {

struct native : native_clock, native_random, native_threads, native_names, native_sockets {};

static_assert(time_system<native> && random_system<native> && thread_system<native> && name_system<native>);
static_assert(socket_system<native> && socket_system<native, socket_address<local_address>>);

}  // namespace plumb::os
