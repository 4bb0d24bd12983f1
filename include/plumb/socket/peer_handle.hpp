// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/os/passing.hpp>
#include <plumb/socket/connect.hpp>
#include <plumb/socket/handle.hpp>

#include <type_traits>

// What the sockets of all kinds can do, and acceptors cannot: bind, connect, and know the other end.

namespace plumb::inline v0_1::detail {

template <class P>
class peer_handle : public socket_handle<P> {
    using base = socket_handle<P>;

public:
    using typename base::endpoint_type;
    using typename base::system;

    // Binds our end, so that others can send to it or see it.
    // Errors: address_in_use, address_not_available, permission_denied.
    // Calls: bind.
    [[nodiscard]] result<void> bind(const endpoint_type& to) {
        auto native = to_sockaddr(to);
        if (!native) return failure(native.error().during(verb::bind));
        return system::bind(this->native_handle(), *native);
    }

    // Connects an open socket. One of datagrams talks to that peer alone from then on, and is told of its errors.
    // Errors: connection_refused, timed_out, host_unreachable, network_unreachable, address_not_available (also for port 0
    // and the unspecified address, which are no destination), condition::self_connected. After an error: close it.
    // Calls: connect; with limits also fcntl, poll and getsockopt.
    [[nodiscard]] result<void> connect(const endpoint_type& to, const limit auto&... limits) {
        return detail::connect<P>(this->native_handle(), to, sizeof...(limits) == 0 ? os::waiting::yes : os::waiting::no,
                                  os::patience_of<system>(limits...));
    }

    // Ends one way or both: after direction::write a connected peer sees the end, and can still answer. Wakes whoever waits
    // in this socket, in any thread; who waits for a datagram gets condition::cancelled with limits, an empty message without.
    // Errors: not_connected, and an unconnected socket of datagrams wakes all the same.
    // Calls: shutdown.
    [[nodiscard]] result<void> shutdown(direction half) { return system::shutdown(this->native_handle(), half); }

    // Gives the address at the other end.
    // Errors: not_connected. Calls: getpeername.
    [[nodiscard]] result<endpoint_type> peer_endpoint() const {
        return base::decoded(verb::peer_endpoint, system::template remote<socket_address<endpoint_type>>(this->native_handle()));
    }

protected:
    using base::base;
};

// The same, and passing descriptors: socket/descriptors.hpp.
template <class P>
class passing_handle;

// Whether descriptors can be passed over the sockets of a protocol.
template <class P>
concept passing_protocol = stands_on<P, layer::local> && os::passing_system<typename P::system>;

// What the socket of a protocol stands on.
template <class P>
using peer_of = std::conditional_t<passing_protocol<P>, passing_handle<P>, peer_handle<P>>;

}  // namespace plumb::detail
