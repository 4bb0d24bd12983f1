// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/core/bytes.hpp>
#include <plumb/core/deadline.hpp>
#include <plumb/os/answer.hpp>
#include <plumb/os/clock.hpp>
#include <plumb/os/resolver.hpp>
#include <plumb/os/slice.hpp>
#include <plumb/os/socket_address.hpp>
#include <plumb/os/waker.hpp>

#include <concepts>

// Sockets at the height of system calls: each function is one call (or the few that stand for one), with no retry, no
// deadline and no loop over EINTR. All of that stands above, once, so that a simulated or a faulty system meets it too.

namespace plumb::inline v0_1 {

// Which half of a connection: what we read, what we write, or both.
enum class direction : unsigned char { read, write, both };

// The families and types of sockets that have names of ours. os::number_of gives the system's number.
enum class family : unsigned char { ipv4, ipv6, local, packet };
enum class socket_type : unsigned char { stream, datagram, record, raw };

namespace os {

// Whether a call may wait in the system. With no, one that would have to answers resource_unavailable_try_again, and a
// connect that goes on behind the scenes answers operation_in_progress.
enum class waiting : bool { no, yes };

// What a wait waits for.
enum class interest : unsigned char { readable, writable };

// One handle to wait for, and after the wait whether its turn has come (errors and ends count as ready).
struct watch {
    handle target = none;
    interest awaited = interest::readable;
    bool ready = false;
    bool ended = false;    // nothing more will come: it was shut down, here or there
};

// What a handle is, as the system tells it.
struct description {
    int family = -1;
    int type = -1;
    int number = -1;
    bool listens = false;
};

// What carries out the calls of sockets. `handle` names a socket, `none` names nothing.
//   open(family, type, number)            a socket; never inherited by programs that are started
//   pair(family, type, number)            two that are connected with each other
//   duplicate(s)                          another handle to the same socket
//   describe(s)                           its family, type and protocol number, and whether it listens
//   identity(s)                           where the system has it: a number that no other socket of it ever has
//   close(s)                              never fails, is never retried
//   bind(s, E)  listen(s, backlog)        as bind(2), listen(2)
//   connect(s, E, waiting)                EINTR and operation_in_progress: it goes on, ends by take_error
//   take_error(s)                         the error that a connect or the peer left behind; clears it
//   accept(s, waiting, E*)                the connection, and the remote address where one is asked for
//   send(s, bytes, waiting)               the bytes taken, at least one unless there were none. No SIGPIPE.
//   send(s, slice of bytes, waiting)      the same, gathered
//   receive(s, bytes, waiting)            the bytes given; 0 is the end
//   receive(s, slice of bytes, waiting)   the same, scattered
//   send_to(s, E*, slice of bytes, waiting)        one datagram, to E or to the connected peer
//   receive_from(s, E*, slice of bytes, waiting)   the size of the datagram, which is more than the buffers' when it was
//                                                  cut; a system that does not know says one more than the buffers'
//   shutdown(s, direction)                as shutdown(2)
//   local<E>(s)  remote<E>(s)             the addresses at both ends
//   get_option, set_option                as getsockopt(2): raw bytes
//   wait(watches, until, waker)           until one is ready, the moment has come or the waker is awake: how many are
//                                         ready. May return 0 early.
template <class System, class Address = socket_address<endpoint>>
concept socket_system =
    time_system<System> &&
    requires(handle socket, int number, const Address& to, Address* from, bytes out, mutable_bytes into,
             slice<const bytes> gathered, slice<const mutable_bytes> scattered, waiting waits,
             plumb::direction half, slice<watch> watches, instant until, waker* sleeper) {
        { System::open(number, number, number) } -> std::convertible_to<result<handle>>;
        { System::pair(number, number, number) } -> std::convertible_to<result<std::array<handle, 2>>>;
        { System::duplicate(socket) } -> std::convertible_to<result<handle>>;
        { System::describe(socket) } -> std::convertible_to<result<description>>;
        { System::close(socket) } noexcept;
        { System::bind(socket, to) } -> std::same_as<result<void>>;
        { System::listen(socket, number) } -> std::same_as<result<void>>;
        { System::connect(socket, to, waits) } -> std::same_as<result<void>>;
        { System::take_error(socket) } -> std::same_as<result<void>>;
        { System::accept(socket, waits, from) } -> std::convertible_to<result<handle>>;
        { System::send(socket, out, waits) } -> std::same_as<result<std::size_t>>;
        { System::send(socket, gathered, waits) } -> std::same_as<result<std::size_t>>;
        { System::receive(socket, into, waits) } -> std::same_as<result<std::size_t>>;
        { System::receive(socket, scattered, waits) } -> std::same_as<result<std::size_t>>;
        { System::send_to(socket, &to, gathered, waits) } -> std::same_as<result<std::size_t>>;
        { System::send_to(socket, &to, out, waits) } -> std::same_as<result<std::size_t>>;
        { System::receive_from(socket, from, scattered, waits) } -> std::same_as<result<std::size_t>>;
        { System::receive_from(socket, from, into, waits) } -> std::same_as<result<std::size_t>>;
        { System::shutdown(socket, half) } -> std::same_as<result<void>>;
        { System::template local<Address>(socket) } -> std::convertible_to<result<Address>>;
        { System::template remote<Address>(socket) } -> std::convertible_to<result<Address>>;
        { System::get_option(socket, number, number, into) } -> std::same_as<result<std::size_t>>;
        { System::set_option(socket, number, number, out) } -> std::same_as<result<void>>;
        { System::wait(watches, until, sleeper) } -> std::same_as<result<std::size_t>>;
    };

}  // namespace os

}  // namespace plumb

#if defined(PLUMB_OS_WINDOWS)
#include <plumb/os/windows/socket.hpp>
#else
#include <plumb/os/posix/socket.hpp>
#endif
