// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/core/bytes.hpp>
#include <plumb/os/borrowed_handle.hpp>
#include <plumb/os/descriptor.hpp>
#include <plumb/os/socket.hpp>

#include <concepts>
#include <span>

// Passing descriptors over a local socket, at the height of system calls. An ability that a system may lack.

namespace plumb::inline v0_1::os {

//   send_descriptors(s, bytes, handles, waiting)    as send; with the first byte go duplicates of the handles. With no byte they go
//                                                   as a message alone. invalid_argument where there are too many for one call.
//   receive_descriptors(s, bytes, room, waiting)    as receive_from. What came fills the room from its start, and no program that
//                                                   is started inherits it; the rest of the room is empty then. condition::truncated
//                                                   where more came than that: the bytes are gone, and nothing of it is left open.
template <class System>
concept passing_system = requires(handle socket, bytes from, std::span<const borrowed_handle> passed, mutable_bytes into,
                                  std::span<descriptor> room, waiting waits) {
    { System::send_descriptors(socket, from, passed, waits) } -> std::same_as<result<std::size_t>>;
    { System::receive_descriptors(socket, into, room, waits) } -> std::same_as<result<std::size_t>>;
};

}  // namespace plumb::os

#if defined(PLUMB_OS_WINDOWS)
namespace plumb::inline v0_1::os {
struct native_passing {};
}  // namespace plumb::os
#else
#include <plumb/os/posix/passing.hpp>
#endif
