// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/address/ipv6.hpp>
#include <plumb/socket/option.hpp>
#include <plumb/socket/options/ip.hpp>

#include <cstddef>
#include <cstdint>

// Options of protocols over IPv6: ipv6(7). On an IPv4 socket they are no_protocol_option.

namespace plumb::inline v0_1 {

// Kinds of own addresses, to be joined with |.
enum class address_kind : int { temporary = 1, lasting = 2, care_of = 4, either = 0x100, home = 0x400 };
[[nodiscard]] constexpr address_kind operator|(address_kind left, address_kind right) noexcept {
    return static_cast<address_kind>(static_cast<int>(left) | static_cast<int>(right));
}

// IPV6_V6ONLY: whether an IPv6 socket is for IPv6 alone, or for IPv4 as well. Sockets of ours always set it.
struct v6_only : flag_option<layer::ipv6, os::options::v6_only> {};
// IPV6_UNICAST_HOPS: how many routers a packet may pass, 1 to 255.
struct hop_limit : number_option<layer::ipv6, os::options::hop_limit, std::uint8_t> {};
// IPV6_TCLASS: the byte of service class and congestion marks (RFC 2474, RFC 3168).
struct traffic_class : number_option<layer::ipv6, os::options::traffic_class, std::uint8_t> {};
// IPV6_MINHOPCOUNT: drops packets that passed more routers than that (RFC 5082).
struct minimum_hop_limit : number_option<layer::ipv6, os::options::minimum_hop_limit, std::uint8_t> {};
// IPV6_MTU_DISCOVER: whether the sender cuts packets that are too large for the path.
struct path_mtu_discovery_v6 : choice_option<layer::ipv6, os::options::path_mtu_discovery_v6, path_mtu> {};
// IPV6_MTU: the largest packet that the path to the connected peer takes; set, a limit of one's own from 1280.
struct path_mtu_size_v6 : size_option<layer::ipv6, os::options::path_mtu_size_v6> {};
// IPV6_DONTFRAG: refuses a datagram that is larger than the path takes, instead of cutting it (RFC 3542 section
// 11.2).
struct do_not_fragment : flag_option<layer::ipv6, os::options::do_not_fragment> {};
// IPV6_FREEBIND: allows binding to an address that this machine has not, or not yet.
struct free_bind_v6 : flag_option<layer::ipv6, os::options::free_bind_v6> {};
// IPV6_TRANSPARENT: allows binding to addresses of others, for a transparent proxy. Needs CAP_NET_ADMIN.
struct transparent_v6 : flag_option<layer::ipv6, os::options::transparent_v6> {};
// IPV6_ADDR_PREFERENCES: which kind of own address a new connection leaves from (RFC 5014). A set of address_kind.
struct source_preference : choice_option<layer::ipv6, os::options::source_preference, address_kind> {};
// IPV6_AUTOFLOWLABEL: labels the packets of a connection as one flow (RFC 6438).
struct automatic_flow_label : flag_option<layer::ipv6, os::options::automatic_flow_label> {};
// IPV6_FLOWINFO_SEND: sends the flow label of the address that a socket connects to.
struct send_flow_info : flag_option<layer::ipv6, os::options::send_flow_info> {};
// IPV6_RECVERR: queues what ICMPv6 says about each packet, for MSG_ERRQUEUE; and an unconnected socket then reports
// it too.
struct receive_errors_v6 : flag_option<layer::ipv6, os::options::receive_errors_v6> {};
// IPV6_RECVERR_RFC4884: the same with the extensions of RFC 4884.
struct receive_error_extensions_v6 : flag_option<layer::ipv6, os::options::receive_error_extensions_v6> {};

// What is handed over with every datagram, as a control message: read it by recvmsg on native_handle(). RFC 3542.

// IPV6_RECVPKTINFO: where it came in and to which address it was sent.
struct receive_packet_info_v6 : flag_option<layer::ipv6, os::options::receive_packet_info_v6> {};
// IPV6_RECVHOPLIMIT: its hop limit.
struct receive_hop_limit : flag_option<layer::ipv6, os::options::receive_hop_limit> {};
// IPV6_RECVTCLASS: its traffic class.
struct receive_traffic_class : flag_option<layer::ipv6, os::options::receive_traffic_class> {};
// IPV6_FLOWINFO: its flow label and class.
struct receive_flow_info : flag_option<layer::ipv6, os::options::receive_flow_info> {};
// IPV6_RECVHOPOPTS: its options for every router.
struct receive_hop_options : flag_option<layer::ipv6, os::options::receive_hop_options> {};
// IPV6_RECVDSTOPTS: its options for the destination.
struct receive_destination_options : flag_option<layer::ipv6, os::options::receive_destination_options> {};
// IPV6_RECVRTHDR: its routing header.
struct receive_routing_header : flag_option<layer::ipv6, os::options::receive_routing_header> {};
// IPV6_RECVPATHMTU: that the path became narrower.
struct receive_path_mtu : flag_option<layer::datagram, os::options::receive_path_mtu> {};
// IPV6_RECVORIGDSTADDR: where it was to go before a transparent proxy got it.
struct receive_original_destination_v6 : flag_option<layer::datagram, os::options::receive_original_destination_v6> {};
// IPV6_RECVFRAGSIZE: the size of the largest piece that it was cut into.
struct receive_fragment_size_v6 : flag_option<layer::datagram, os::options::receive_fragment_size_v6> {};
// IPV6_UNICAST_IF: the interface that packets leave by, unless a route says otherwise; 0 is any.
struct unicast_interface_v6 : detail::interface_option<layer::datagram, os::options::unicast_interface_v6> {};
// IPV6_MULTICAST_HOPS: how many routers a multicast packet may pass: 0 stays on this machine, 1 on this link.
struct multicast_hops : number_option<layer::datagram, os::options::multicast_hops, std::uint8_t> {};
// IPV6_MULTICAST_LOOP: whether this machine hears what it sends to a group.
struct multicast_loop_v6 : flag_option<layer::datagram, os::options::multicast_loop_v6> {};
// IPV6_MULTICAST_ALL: hears all groups that any socket of the machine joined, not only its own: on unless switched
// off.
struct multicast_all_v6 : flag_option<layer::datagram, os::options::multicast_all_v6> {};
// IPV6_MULTICAST_IF: the interface that multicast leaves by; 0 lets the routing table choose.
struct multicast_interface_v6 : detail::interface_option<layer::datagram, os::options::multicast_interface_v6> {};

namespace detail {

template <os::option_name Name>
struct anycast_command {
    using value_type = ipv6_address;
    using native_type = os::anycast_request;
    static constexpr auto belongs_to = layer::ipv6;
    static constexpr auto name = Name;

    ipv6_address value;    // its scope is the interface

    [[nodiscard]] os::answer<native_type> to_native() const { return os::to_anycast_request(value); }
};

}  // namespace detail

// IPV6_JOIN_ANYCAST: takes its share of what is sent to an anycast address (RFC 4291 section 2.6). Needs
// CAP_NET_ADMIN.
struct join_anycast : detail::anycast_command<os::options::join_anycast> {};
// IPV6_LEAVE_ANYCAST: takes it no longer.
struct leave_anycast : detail::anycast_command<os::options::leave_anycast> {};
// IPV6_HDRINCL: the program writes the IPv6 header itself.
struct header_included_v6 : flag_option<layer::icmp, os::options::header_included_v6> {};

}  // namespace plumb
