// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/os/socket.hpp>
#include <plumb/socket/option.hpp>

#include <concepts>

// What a protocol tag says about itself, at compile time, and the kinds of protocols that follow from it. The class
// templates are specialised by these kinds, so that what a protocol cannot do is not there.

namespace plumb::inline v0_1 {

// A tag: who carries out its calls, how its addresses look, its type and number, and the layers its options are on.
template <class P>
concept protocol = requires {
    typename P::system;
    typename P::endpoint_type;
    { P::type } -> std::convertible_to<socket_type>;
    { P::number } -> std::convertible_to<int>;
    { P::layers.size() } -> std::convertible_to<std::size_t>;
};

// Bytes in order, without boundaries: tcp, local::stream.
template <class P>
concept stream_protocol = protocol<P> && P::type == socket_type::stream;

// Connections that keep the boundaries of records: local::seqpacket.
template <class P>
concept record_protocol = protocol<P> && P::type == socket_type::record;

// Single messages to and from anybody: udp, local::datagram, icmp_v4, icmp_v6, packet.
template <class P>
concept datagram_protocol = protocol<P> && (P::type == socket_type::datagram || P::type == socket_type::raw);

// Those that have something to listen for.
template <class P>
concept connection_protocol = stream_protocol<P> || record_protocol<P>;

namespace detail {

// The family of a socket that is to use an address: the tag's own where there is only one, else the address's.
template <class P>
[[nodiscard]] constexpr family family_for(const typename P::endpoint_type& address) noexcept {
    if constexpr (requires { P::only_family; }) return P::only_family;
    else return address.address().is_v4() ? family::ipv4 : family::ipv6;
}

}  // namespace detail

template <class P>
class socket;

template <class P>
class acceptor;

// The event loop's, which is above: a tag names them, and loop/verbs.hpp defines its verbs that take a loop.
class loop;
template <class T>
class task;
template <class P>
class async_socket;
template <class P>
class async_acceptor;

}  // namespace plumb
