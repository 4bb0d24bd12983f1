// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/socket/option.hpp>

#include <cstdint>

// Options of UDP: udp(7).

namespace plumb::inline v0_1 {

// What a datagram can carry that the kernel takes out itself.
enum class udp_content : int { nothing, ipsec_without_marker, ipsec, l2tp, gtp0, gtp1, rxrpc };

// UDP_CORK: gathers what is sent into one datagram, until it is switched off.
struct cork_datagram : flag_option<layer::udp, os::options::cork_datagram> {};
// UDP_SEGMENT: cuts what is sent at once into datagrams of that many bytes; 0 does not.
struct segment_size : number_option<layer::udp, os::options::segment_size, std::uint16_t> {};
// UDP_GRO: hands over datagrams of one sender joined, their size as a control message.
struct receive_joined : flag_option<layer::udp, os::options::receive_joined> {};
// UDP_NO_CHECK6_TX: sends over IPv6 without a checksum (RFC 6935).
struct no_checksum_v6 : flag_option<layer::udp, os::options::no_checksum_v6> {};
// UDP_NO_CHECK6_RX: takes datagrams over IPv6 that have no checksum.
struct accept_no_checksum_v6 : flag_option<layer::udp, os::options::accept_no_checksum_v6> {};
// SO_NO_CHECK: sends over IPv4 without a checksum (RFC 768).
struct no_checksum : flag_option<layer::udp, os::options::no_checksum> {};
// UDP_ENCAP: which protocol the kernel takes out of the datagrams. Cannot be undone.
struct encapsulation : choice_option<layer::udp, os::options::encapsulation, udp_content> {};

}  // namespace plumb
