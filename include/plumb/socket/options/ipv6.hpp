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

// Whether an IPv6 socket is for IPv6 alone, or for IPv4 as well. Sockets of ours always set it: IPV6_V6ONLY.
struct v6_only : flag_option<layer::ipv6, os::options::v6_only> {};
// How many routers a packet may pass, 1 to 255: IPV6_UNICAST_HOPS.
struct hop_limit : number_option<layer::ipv6, os::options::hop_limit, std::uint8_t> {};
// The byte of service class and congestion marks (RFC 2474, RFC 3168): IPV6_TCLASS.
struct traffic_class : number_option<layer::ipv6, os::options::traffic_class, std::uint8_t> {};
// Drops packets that passed more routers than that (RFC 5082): IPV6_MINHOPCOUNT.
struct minimum_hop_limit : number_option<layer::ipv6, os::options::minimum_hop_limit, std::uint8_t> {};
// Whether the sender cuts packets that are too large for the path: IPV6_MTU_DISCOVER.
struct path_mtu_discovery_v6 : choice_option<layer::ipv6, os::options::path_mtu_discovery_v6, path_mtu> {};
// The largest packet that the path to the connected peer takes; set, a limit of one's own from 1280: IPV6_MTU.
struct path_mtu_size_v6 : size_option<layer::ipv6, os::options::path_mtu_size_v6> {};
// Refuses a datagram that is larger than the path takes, instead of cutting it (RFC 3542 section 11.2):
// IPV6_DONTFRAG.
struct do_not_fragment : flag_option<layer::ipv6, os::options::do_not_fragment> {};
// Allows binding to an address that this machine has not, or not yet: IPV6_FREEBIND.
struct free_bind_v6 : flag_option<layer::ipv6, os::options::free_bind_v6> {};
// Allows binding to addresses of others, for a transparent proxy. Needs CAP_NET_ADMIN: IPV6_TRANSPARENT.
struct transparent_v6 : flag_option<layer::ipv6, os::options::transparent_v6> {};
// Which kind of own address a new connection leaves from (RFC 5014). A set of address_kind: IPV6_ADDR_PREFERENCES.
struct source_preference : choice_option<layer::ipv6, os::options::source_preference, address_kind> {};
// Labels the packets of a connection as one flow (RFC 6438): IPV6_AUTOFLOWLABEL.
struct automatic_flow_label : flag_option<layer::ipv6, os::options::automatic_flow_label> {};
// Sends the flow label of the address that a socket connects to: IPV6_FLOWINFO_SEND.
struct send_flow_info : flag_option<layer::ipv6, os::options::send_flow_info> {};
// Queues what ICMPv6 says about each packet, for MSG_ERRQUEUE; and an unconnected socket then reports it too:
// IPV6_RECVERR.
struct receive_errors_v6 : flag_option<layer::ipv6, os::options::receive_errors_v6> {};
// The same with the extensions of RFC 4884: IPV6_RECVERR_RFC4884.
struct receive_error_extensions_v6 : flag_option<layer::ipv6, os::options::receive_error_extensions_v6> {};

// What is handed over with every datagram, as a control message: read it by recvmsg on native_handle(). RFC 3542.
// Where it came in and to which address it was sent: IPV6_RECVPKTINFO.
struct receive_packet_info_v6 : flag_option<layer::ipv6, os::options::receive_packet_info_v6> {};
// Its hop limit: IPV6_RECVHOPLIMIT.
struct receive_hop_limit : flag_option<layer::ipv6, os::options::receive_hop_limit> {};
// Its traffic class: IPV6_RECVTCLASS.
struct receive_traffic_class : flag_option<layer::ipv6, os::options::receive_traffic_class> {};
// Its flow label and class: IPV6_FLOWINFO.
struct receive_flow_info : flag_option<layer::ipv6, os::options::receive_flow_info> {};
// Its options for every router: IPV6_RECVHOPOPTS.
struct receive_hop_options : flag_option<layer::ipv6, os::options::receive_hop_options> {};
// Its options for the destination: IPV6_RECVDSTOPTS.
struct receive_destination_options : flag_option<layer::ipv6, os::options::receive_destination_options> {};
// Its routing header: IPV6_RECVRTHDR.
struct receive_routing_header : flag_option<layer::ipv6, os::options::receive_routing_header> {};
// That the path became narrower: IPV6_RECVPATHMTU.
struct receive_path_mtu : flag_option<layer::datagram, os::options::receive_path_mtu> {};
// Where it was to go before a transparent proxy got it: IPV6_RECVORIGDSTADDR.
struct receive_original_destination_v6 : flag_option<layer::datagram, os::options::receive_original_destination_v6> {};
// The size of the largest piece that it was cut into: IPV6_RECVFRAGSIZE.
struct receive_fragment_size_v6 : flag_option<layer::datagram, os::options::receive_fragment_size_v6> {};
// The interface that packets leave by, unless a route says otherwise; 0 is any: IPV6_UNICAST_IF.
struct unicast_interface_v6 : detail::interface_option<layer::datagram, os::options::unicast_interface_v6> {};
// How many routers a multicast packet may pass: 0 stays on this machine, 1 on this link: IPV6_MULTICAST_HOPS.
struct multicast_hops : number_option<layer::datagram, os::options::multicast_hops, std::uint8_t> {};
// Whether this machine hears what it sends to a group: IPV6_MULTICAST_LOOP.
struct multicast_loop_v6 : flag_option<layer::datagram, os::options::multicast_loop_v6> {};
// Hears all groups that any socket of the machine joined, not only its own: on unless switched off:
// IPV6_MULTICAST_ALL.
struct multicast_all_v6 : flag_option<layer::datagram, os::options::multicast_all_v6> {};
// The interface that multicast leaves by; 0 lets the routing table choose: IPV6_MULTICAST_IF.
struct multicast_interface_v6 : detail::interface_option<layer::datagram, os::options::multicast_interface_v6> {};

namespace detail {

template <os::option_name Name>
struct anycast_command {
    using value_type = ipv6_address;
    using native_type = os::anycast_request;
    static constexpr auto belongs_to = layer::ipv6;
    static constexpr auto name = Name;

    ipv6_address value;    // its scope is the interface

    [[nodiscard]] result<native_type> to_native() const { return os::to_anycast_request(value); }
};

}  // namespace detail

// Takes its share of what is sent to an anycast address (RFC 4291 section 2.6). Needs CAP_NET_ADMIN:
// IPV6_JOIN_ANYCAST.
struct join_anycast : detail::anycast_command<os::options::join_anycast> {};
// Takes it no longer: IPV6_LEAVE_ANYCAST.
struct leave_anycast : detail::anycast_command<os::options::leave_anycast> {};
// Gets the packets that ask every router to look at them for this cause: IPV6_ROUTER_ALERT.
struct receive_router_alert_v6 : number_command<layer::icmp, os::options::receive_router_alert_v6> {};
// Those of its own network namespace alone: IPV6_ROUTER_ALERT_ISOLATE.
struct router_alert_isolate : flag_option<layer::icmp, os::options::router_alert_isolate> {};
// The program writes the IPv6 header itself: IPV6_HDRINCL.
struct header_included_v6 : flag_option<layer::icmp, os::options::header_included_v6> {};

}  // namespace plumb
