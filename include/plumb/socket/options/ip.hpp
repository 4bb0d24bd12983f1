// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/address/ip.hpp>
#include <plumb/address/port.hpp>
#include <plumb/socket/option.hpp>

#include <cstddef>
#include <cstdint>

// Options of protocols over IPv4, and of multicast in both versions: ip(7). On an IPv6 socket that takes IPv4 as well they hold for
// that part of its traffic; else they are no_protocol_option.

namespace plumb::inline v0_1 {

// What happens to packets that are larger than the path takes.
enum class path_mtu : int {
    cut = os::path_mtu_cut,                // they are cut by whoever must
    try_and_cut = os::path_mtu_try_and_cut,    // by the sender, who finds out the path's size
    refuse = os::path_mtu_refuse,          // sending them is message_size
    probe = os::path_mtu_probe,            // as refuse, but what is known of the path is not heeded
    as_interface = os::path_mtu_interface, // as the interface, heeding nobody's word about the path
    interface_and_cut = os::path_mtu_omit, // the same, and cut where they are too large for the interface
};

namespace detail {

// An interface by number or name; read back as its number, 0 for none.
template <layer Layer, os::option_name Name>
struct interface_option {
    using value_type = std::uint32_t;
    using native_type = std::uint32_t;
    static constexpr layer belongs_to = Layer;
    static constexpr os::option_name name = Name;

    ipv6_scope value;

    [[nodiscard]] result<native_type> to_native() const {
        auto index = os::to_interface_index(value);
        if (!index) return failure(index.error());
        return os::to_interface_option(Name, *index);
    }
    [[nodiscard]] static constexpr std::uint32_t from_native(native_type native) noexcept {
        return os::from_interface_option(Name, native);
    }
};

}  // namespace detail

// How many routers a packet may pass, 1 to 255: IP_TTL.
struct time_to_live : number_option<layer::ipv4, os::options::time_to_live, std::uint8_t> {};
// The byte of service class and congestion marks (RFC 2474, RFC 3168): 0x10 asks for low delay: IP_TOS.
struct type_of_service : number_option<layer::ipv4, os::options::type_of_service, std::uint8_t> {};
// Drops packets that passed more routers than that (RFC 5082): 255 takes those from the own link alone: IP_MINTTL.
struct minimum_time_to_live : number_option<layer::ipv4, os::options::minimum_time_to_live, std::uint8_t> {};
// Whether packets may be cut on their way: IP_MTU_DISCOVER.
struct path_mtu_discovery : choice_option<layer::ipv4, os::options::path_mtu_discovery, path_mtu> {};
// The largest packet that the path to the connected peer takes whole: IP_MTU.
struct path_mtu_size : number_status<layer::ipv4, os::options::path_mtu_size, std::size_t> {};
// Allows binding to an address that this machine has not, or not yet: IP_FREEBIND.
struct free_bind : flag_option<layer::ipv4, os::options::free_bind> {};
// Allows binding to addresses of others, for a transparent proxy. Needs CAP_NET_ADMIN: IP_TRANSPARENT.
struct transparent : flag_option<layer::ipv4, os::options::transparent> {};
// Leaves the port open when an address is bound with port 0, until connect knows the peer: more connections than
// ports: IP_BIND_ADDRESS_NO_PORT.
struct bind_address_no_port : flag_option<layer::ipv4, os::options::bind_address_no_port> {};
// The ports that the system chooses from for this socket; both 0 is the system's own range.
struct local_port_range {
    using value_type = local_port_range;
    using native_type = std::uint32_t;
    static constexpr auto belongs_to = layer::ip;
    static constexpr auto name = os::options::local_port_range;

    port lowest, highest;

    [[nodiscard]] constexpr native_type to_native() const noexcept {
        return std::uint32_t{highest.number()} << 16 | lowest.number();
    }
    [[nodiscard]] static constexpr value_type from_native(native_type native) noexcept {
        return {*port::from(native & 0xffff), *port::from(native >> 16)};
    }
    friend constexpr bool operator==(const local_port_range&, const local_port_range&) noexcept = default;
};
// Queues what ICMP says about each packet, for MSG_ERRQUEUE; and an unconnected socket then reports it too:
// IP_RECVERR.
struct receive_errors : flag_option<layer::ipv4, os::options::receive_errors> {};
// The same with the extensions of RFC 4884: IP_RECVERR_RFC4884.
struct receive_error_extensions : flag_option<layer::ipv4, os::options::receive_error_extensions> {};

// What is handed over with every datagram, as a control message: read it by recvmsg on native_handle().
// Where it came in and to which address it was sent: IP_PKTINFO.
struct receive_packet_info : flag_option<layer::datagram, os::options::receive_packet_info> {};
// Its time to live: IP_RECVTTL.
struct receive_time_to_live : flag_option<layer::datagram, os::options::receive_time_to_live> {};
// Its type of service: IP_RECVTOS.
struct receive_type_of_service : flag_option<layer::ipv4, os::options::receive_type_of_service> {};
// Its IP options, without those of timestamps and routes filled in: IP_RECVOPTS.
struct receive_options : flag_option<layer::datagram, os::options::receive_options> {};
// Its IP options as an answer would carry them: IP_RETOPTS.
struct receive_options_to_return : flag_option<layer::datagram, os::options::receive_options_to_return> {};
// Where it was to go before a transparent proxy got it: IP_RECVORIGDSTADDR.
struct receive_original_destination : flag_option<layer::datagram, os::options::receive_original_destination> {};
// Its checksum as the device computed it: IP_CHECKSUM.
struct receive_checksum : flag_option<layer::datagram, os::options::receive_checksum> {};
// The size of the largest piece that it was cut into: IP_RECVFRAGSIZE.
struct receive_fragment_size : flag_option<layer::datagram, os::options::receive_fragment_size> {};
// The security label of its sender: IP_PASSSEC.
struct receive_security_context : flag_option<layer::datagram, os::options::receive_security_context> {};
// The interface that packets leave by, unless a route says otherwise; 0 is any: IP_UNICAST_IF.
struct unicast_interface : detail::interface_option<layer::datagram, os::options::unicast_interface> {};
// The program writes the IP header itself: IP_HDRINCL.
struct header_included : flag_option<layer::icmp, os::options::header_included> {};
// Hands over pieces as they are, where a filter would put them together: IP_NODEFRAG.
struct keep_fragments : flag_option<layer::icmp, os::options::keep_fragments> {};
// Gets the packets that ask every router to look at them: IP_ROUTER_ALERT.
struct receive_router_alert : flag_command<layer::icmp, os::options::receive_router_alert> {};

// Multicast. The interface is a number or a name; none lets the routing table choose.
// How many routers a multicast packet may pass: 0 stays on this machine, 1 on this link: IP_MULTICAST_TTL.
struct multicast_ttl : number_option<layer::datagram, os::options::multicast_ttl, std::uint8_t> {};
// Whether this machine hears what it sends to a group: IP_MULTICAST_LOOP.
struct multicast_loop : flag_option<layer::datagram, os::options::multicast_loop> {};
// Hears all groups that any socket of the machine joined, not only its own: on unless switched off: IP_MULTICAST_ALL.
struct multicast_all : flag_option<layer::datagram, os::options::multicast_all> {};

// The interface that multicast leaves by. The kernel does not tell it back.
struct multicast_interface {
    using value_type = ipv6_scope;
    using native_type = os::multicast_interface_value;
    static constexpr auto belongs_to = layer::datagram;
    static constexpr auto name = os::options::multicast_interface;

    ipv6_scope value;

    [[nodiscard]] result<native_type> to_native() const {
        auto index = os::to_interface_index(value);
        if (!index) return failure(index.error());
        return os::to_multicast_interface(*index);
    }
};

namespace detail {

// A group of either IP version, on an interface.
template <os::option_name V4, os::option_name V6>
struct group_command {
    using value_type = ip_address;
    using native_type = os::group_request;
    static constexpr auto belongs_to = layer::datagram;

    explicit(false) group_command(const ip_address& group, const ipv6_scope& on = {})
        : name(group.is_v4() ? V4 : V6), group_(group), on_(on) {}

    os::option_name name;

    [[nodiscard]] result<native_type> to_native() const { return os::to_group_request(group_, on_); }

private:
    ip_address group_;
    ipv6_scope on_;
};

// The same, as far as one sender is concerned.
template <os::option_name V4, os::option_name V6>
struct source_command {
    using value_type = ip_address;
    using native_type = os::group_source_request;
    static constexpr auto belongs_to = layer::datagram;

    source_command(const ip_address& group, const ip_address& source, const ipv6_scope& on = {})
        : name(group.is_v4() ? V4 : V6), group_(group), source_(source), on_(on) {}

    os::option_name name;

    [[nodiscard]] result<native_type> to_native() const { return os::to_group_source_request(group_, source_, on_); }

private:
    ip_address group_, source_;
    ipv6_scope on_;
};

}  // namespace detail

// Hears a group: join_group{"239.1.2.3"_ip, interface}.
struct join_group : detail::group_command<os::options::join_group, os::options::join_group_v6> {
    using group_command::group_command;
};
// Hears it no longer.
struct leave_group : detail::group_command<os::options::leave_group, os::options::leave_group_v6> {
    using group_command::group_command;
};
// Hears one sender of a group (RFC 4607): join_source{group, sender, interface}.
struct join_source : detail::source_command<os::options::join_source, os::options::join_source_v6> {
    using source_command::source_command;
};
// Hears that sender no longer.
struct leave_source : detail::source_command<os::options::leave_source, os::options::leave_source_v6> {
    using source_command::source_command;
};
// Hears all of a joined group but one sender.
struct block_source : detail::source_command<os::options::block_source, os::options::block_source_v6> {
    using source_command::source_command;
};
// Hears that sender again.
struct unblock_source : detail::source_command<os::options::unblock_source, os::options::unblock_source_v6> {
    using source_command::source_command;
};
// The protocol number of a raw socket: IP_PROTOCOL.
struct raw_protocol_number : number_status<layer::ip, os::options::raw_protocol_number, int> {};

}  // namespace plumb
