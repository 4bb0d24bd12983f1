// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/os/persist.hpp>
#include <plumb/os/slice.hpp>

#include <array>
#include <concepts>

// Pipes. Their reads and writes wait and try again below this contract, unlike those of sockets: one system waits until a
// transfer can be made, the other until it is done.

namespace plumb::inline v0_1::os {

// One of a pipe's two ends.
enum class pipe_end : unsigned char { reader, writer };

// `handle` names an end. No program that is started inherits one.
//   pair()                         both ends of a new pipe, the reader first
//   pair_for_child(end)            the same; that end is for another program, which waits in its own plain way
//   duplicate(p)                   another handle to the same end
//   close(p)                       never fails, is never retried
//   expect(p, end)                 wrong_descriptor unless it is that end of a pipe
//   read(p, bytes, limits...)      the bytes given; 0 is the end: it has no writer any more
//   read(p, slice of bytes, limits...)    the same, scattered
//   write(p, bytes, limits...)     the bytes taken, at least one unless there were none. No SIGPIPE.
//   write(p, slice of bytes, limits...)   the same, gathered
//   capacity(p)                    how many bytes it holds before a write waits
//   set_capacity(p, bytes)         the capacity that it has then; absent where the system has no such call
template <class System>
concept pipe_system =
    time_system<System> && requires(const handle& pipe, pipe_end end, bytes out, mutable_bytes into,
                                    slice<const bytes> gathered, slice<const mutable_bytes> scattered, const patience& limits) {
        { System::pair() } -> std::convertible_to<result<std::array<handle, 2>>>;
        { System::pair_for_child(end) } -> std::convertible_to<result<std::array<handle, 2>>>;
        { System::duplicate(pipe) } -> std::convertible_to<result<handle>>;
        { System::close(pipe) } noexcept;
        { System::expect(pipe, end) } -> std::same_as<result<void>>;
        { System::read(pipe, into) } -> std::same_as<result<std::size_t>>;
        { System::read(pipe, scattered, limits) } -> std::same_as<result<std::size_t>>;
        { System::write(pipe, out) } -> std::same_as<result<std::size_t>>;
        { System::write(pipe, gathered, limits) } -> std::same_as<result<std::size_t>>;
        { System::capacity(pipe) } -> std::same_as<result<std::size_t>>;
    };

}  // namespace plumb::os

#if defined(PLUMB_OS_WINDOWS)
#include <plumb/os/windows/pipe.hpp>
#else
#include <plumb/os/posix/pipe.hpp>
#endif
