// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/address/ip.hpp>
#include <plumb/address/port.hpp>
#include <plumb/socket/option.hpp>

#include <cstddef>
#include <cstdint>

// Options of protocols over IPv4, and of multicast in both versions: ip(7). On an IPv6 socket that takes IPv4 as well
// they hold for that part of its traffic; else they are no_protocol_option.

namespace plumb::inline v0_1 {

// What happens to packets that are larger than the path takes.
enum class path_mtu : int {
    cut = os::path_mtu_cut,                    // they are cut by whoever must
    try_and_cut = os::path_mtu_try_and_cut,    // by the sender, who finds out the path's size
    refuse = os::path_mtu_refuse,              // sending them is message_size
    probe = os::path_mtu_probe,                // as refuse, but what is known of the path is not heeded
    as_interface = os::path_mtu_interface,     // only the interface counts, whatever others say of the path
    interface_and_cut = os::path_mtu_omit,     // the same, and what is too large for the interface is cut
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

    [[nodiscard]] os::answer<native_type> to_native() const {
        auto index = os::to_interface_index(value);
        if (!index) return failure(index.error());
        return os::to_interface_option(Name, *index);
    }
    [[nodiscard]] static constexpr std::uint32_t from_native(native_type native) noexcept {
        return os::from_interface_option(Name, native);
    }
};

}  // namespace detail

// IP_TTL: how many routers a packet may pass, 1 to 255.
struct time_to_live : number_option<layer::ipv4, os::options::time_to_live, std::uint8_t> {};
// IP_TOS: the byte of service class and congestion marks (RFC 2474, RFC 3168): 0x10 asks for low delay.
struct type_of_service : number_option<layer::ipv4, os::options::type_of_service, std::uint8_t> {};
// IP_MINTTL: drops packets that passed more routers than that (RFC 5082): 255 takes those from the own link alone.
struct minimum_time_to_live : number_option<layer::ipv4, os::options::minimum_time_to_live, std::uint8_t> {};
// IP_MTU_DISCOVER: whether packets may be cut on their way.
struct path_mtu_discovery : choice_option<layer::ipv4, os::options::path_mtu_discovery, path_mtu> {};
// IP_MTU: the largest packet that the path to the connected peer takes whole.
struct path_mtu_size : number_status<layer::ipv4, os::options::path_mtu_size, std::size_t> {};
// IP_FREEBIND: allows binding to an address that this machine has not, or not yet.
struct free_bind : flag_option<layer::ipv4, os::options::free_bind> {};
// IP_TRANSPARENT: allows binding to addresses of others, for a transparent proxy. Needs CAP_NET_ADMIN.
struct transparent : flag_option<layer::ipv4, os::options::transparent> {};
// IP_BIND_ADDRESS_NO_PORT: leaves the port open when an address is bound with port 0, until connect knows the peer:
// more connections than ports.
struct bind_address_no_port : flag_option<layer::ipv4, os::options::bind_address_no_port> {};

// IP_LOCAL_PORT_RANGE: the ports that the system chooses from for this socket; both 0 is the system's own range.
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

// IP_RECVERR: queues what ICMP says about each packet, for MSG_ERRQUEUE; and an unconnected socket then reports it
// too.
struct receive_errors : flag_option<layer::ipv4, os::options::receive_errors> {};
// IP_RECVERR_RFC4884: the same with the extensions of RFC 4884.
struct receive_error_extensions : flag_option<layer::ipv4, os::options::receive_error_extensions> {};

// What is handed over with every datagram, as a control message: read it by recvmsg on native_handle().

// IP_PKTINFO: where it came in and to which address it was sent.
struct receive_packet_info : flag_option<layer::datagram, os::options::receive_packet_info> {};
// IP_RECVTTL: its time to live.
struct receive_time_to_live : flag_option<layer::datagram, os::options::receive_time_to_live> {};
// IP_RECVTOS: its type of service.
struct receive_type_of_service : flag_option<layer::ipv4, os::options::receive_type_of_service> {};
// IP_RECVOPTS: its IP options, without those of timestamps and routes filled in.
struct receive_options : flag_option<layer::datagram, os::options::receive_options> {};
// IP_RETOPTS: its IP options as an answer would carry them.
struct receive_options_to_return : flag_option<layer::datagram, os::options::receive_options_to_return> {};
// IP_RECVORIGDSTADDR: where it was to go before a transparent proxy got it.
struct receive_original_destination : flag_option<layer::datagram, os::options::receive_original_destination> {};
// IP_CHECKSUM: its checksum as the device computed it.
struct receive_checksum : flag_option<layer::datagram, os::options::receive_checksum> {};
// IP_RECVFRAGSIZE: the size of the largest piece that it was cut into.
struct receive_fragment_size : flag_option<layer::datagram, os::options::receive_fragment_size> {};
// IP_PASSSEC: the security label of its sender.
struct receive_security_context : flag_option<layer::datagram, os::options::receive_security_context> {};
// IP_UNICAST_IF: the interface that packets leave by, unless a route says otherwise; 0 is any.
struct unicast_interface : detail::interface_option<layer::datagram, os::options::unicast_interface> {};
// IP_HDRINCL: the program writes the IP header itself.
struct header_included : flag_option<layer::icmp, os::options::header_included> {};
// IP_NODEFRAG: hands over pieces as they are, where a filter would put them together.
struct keep_fragments : flag_option<layer::icmp, os::options::keep_fragments> {};
// IP_ROUTER_ALERT: gets the packets that ask every router to look at them.
struct receive_router_alert : flag_command<layer::icmp, os::options::receive_router_alert> {};

// Multicast. The interface is a number or a name; none lets the routing table choose.

// IP_MULTICAST_TTL: how many routers a multicast packet may pass: 0 stays on this machine, 1 on this link.
struct multicast_ttl : number_option<layer::datagram, os::options::multicast_ttl, std::uint8_t> {};
// IP_MULTICAST_LOOP: whether this machine hears what it sends to a group.
struct multicast_loop : flag_option<layer::datagram, os::options::multicast_loop> {};
// IP_MULTICAST_ALL: hears all groups that any socket of the machine joined, not only its own: on unless switched off.
struct multicast_all : flag_option<layer::datagram, os::options::multicast_all> {};

// IP_MULTICAST_IF: the interface that multicast leaves by. The kernel does not tell it back.
struct multicast_interface {
    using value_type = ipv6_scope;
    using native_type = os::multicast_interface_value;
    static constexpr auto belongs_to = layer::datagram;
    static constexpr auto name = os::options::multicast_interface;

    ipv6_scope value;

    [[nodiscard]] os::answer<native_type> to_native() const {
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

    group_command(const ip_address& group, const ipv6_scope& on = {})
        : name(group.is_v4() ? V4 : V6), group_(group), on_(on) {}

    os::option_name name;

    [[nodiscard]] os::answer<native_type> to_native() const { return os::to_group_request(group_, on_); }

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

    [[nodiscard]] os::answer<native_type> to_native() const { return os::to_group_source_request(group_, source_, on_); }

private:
    ip_address group_, source_;
    ipv6_scope on_;
};

}  // namespace detail

// MCAST_JOIN_GROUP: hears a group: join_group{"239.1.2.3"_ip, interface}.
struct join_group : detail::group_command<os::options::join_group, os::options::join_group_v6> {
    using group_command::group_command;
};

// MCAST_LEAVE_GROUP: hears it no longer.
struct leave_group : detail::group_command<os::options::leave_group, os::options::leave_group_v6> {
    using group_command::group_command;
};

// MCAST_JOIN_SOURCE_GROUP: hears one sender of a group (RFC 4607): join_source{group, sender, interface}.
struct join_source : detail::source_command<os::options::join_source, os::options::join_source_v6> {
    using source_command::source_command;
};

// MCAST_LEAVE_SOURCE_GROUP: hears that sender no longer.
struct leave_source : detail::source_command<os::options::leave_source, os::options::leave_source_v6> {
    using source_command::source_command;
};

// MCAST_BLOCK_SOURCE: hears all of a joined group but one sender.
struct block_source : detail::source_command<os::options::block_source, os::options::block_source_v6> {
    using source_command::source_command;
};

// MCAST_UNBLOCK_SOURCE: hears that sender again.
struct unblock_source : detail::source_command<os::options::unblock_source, os::options::unblock_source_v6> {
    using source_command::source_command;
};

// IP_PROTOCOL: the protocol number of a raw socket.
struct raw_protocol_number : number_status<layer::ip, os::options::raw_protocol_number, int> {};

}  // namespace plumb
