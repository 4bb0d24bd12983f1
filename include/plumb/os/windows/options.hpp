// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/core/byte_order.hpp>
#include <plumb/os/options.hpp>
#include <plumb/os/socket_address.hpp>
#include <plumb/os/tcp_report.hpp>
#include <plumb/os/windows/api.hpp>

#include <cstdint>
#include <cstring>

// Options as Winsock numbers them. Those that MinGW's headers do not have are written as numbers.

namespace plumb::inline v0_1::os::options {

// socket(7)
inline constexpr option_name reuse_address{SOL_SOCKET, SO_REUSEADDR};
inline constexpr option_name reuse_port = no_option;
inline constexpr option_name keep_alive{SOL_SOCKET, SO_KEEPALIVE};
inline constexpr option_name receive_buffer_size{SOL_SOCKET, SO_RCVBUF};
inline constexpr option_name send_buffer_size{SOL_SOCKET, SO_SNDBUF};
inline constexpr option_name force_receive_buffer_size = no_option;
inline constexpr option_name force_send_buffer_size = no_option;
inline constexpr option_name buffer_lock = no_option;
inline constexpr option_name reserved_memory = no_option;
inline constexpr option_name receive_low_water_mark = no_option;
inline constexpr option_name send_low_water_mark = no_option;
inline constexpr option_name linger_on_close{SOL_SOCKET, SO_LINGER};
inline constexpr option_name broadcast{SOL_SOCKET, SO_BROADCAST};
inline constexpr option_name do_not_route{SOL_SOCKET, SO_DONTROUTE};
inline constexpr option_name bind_to_device = no_option;
inline constexpr option_name bind_to_interface = no_option;
inline constexpr option_name mark = no_option;
inline constexpr option_name receive_mark = no_option;
inline constexpr option_name priority = no_option;
inline constexpr option_name receive_priority = no_option;
inline constexpr option_name pacing_rate_limit = no_option;
inline constexpr option_name rehash_when_stuck = no_option;
inline constexpr option_name distrust_route = no_option;
inline constexpr option_name incoming_cpu = no_option;
inline constexpr option_name incoming_queue = no_option;
inline constexpr option_name busy_poll = no_option;
inline constexpr option_name prefer_busy_poll = no_option;
inline constexpr option_name busy_poll_budget = no_option;
inline constexpr option_name urgent_inline{SOL_SOCKET, SO_OOBINLINE};
inline constexpr option_name zero_copy = no_option;
inline constexpr option_name receive_overflow_count = no_option;
inline constexpr option_name receive_time_in_microseconds = no_option;
inline constexpr option_name receive_time_in_nanoseconds = no_option;
inline constexpr option_name timestamping = no_option;
inline constexpr option_name receive_wifi_status = no_option;
inline constexpr option_name error_queue_is_priority = no_option;
inline constexpr option_name memory_use = no_option;
inline constexpr option_name type_number{SOL_SOCKET, SO_TYPE};
inline constexpr option_name family_number = no_option;
inline constexpr option_name protocol_number = no_option;
inline constexpr option_name accepting{SOL_SOCKET, SO_ACCEPTCONN};
inline constexpr option_name socket_cookie = no_option;
inline constexpr option_name network_cookie = no_option;
inline constexpr option_name no_frame_check = no_option;

// unix(7)
inline constexpr option_name peer_credentials = no_option;
inline constexpr option_name peer_groups = no_option;
inline constexpr option_name peer_security_context = no_option;
inline constexpr option_name pass_credentials = no_option;
inline constexpr option_name pass_security_context = no_option;
inline constexpr option_name pass_process_descriptor = no_option;
inline constexpr option_name pass_descriptors = no_option;
inline constexpr option_name report_queued_local_bytes = no_option;

// ip(7)
inline constexpr option_name time_to_live{IPPROTO_IP, IP_TTL};
inline constexpr option_name type_of_service{IPPROTO_IP, IP_TOS};
inline constexpr option_name minimum_time_to_live = no_option;
inline constexpr option_name path_mtu_discovery{IPPROTO_IP, IP_MTU_DISCOVER};
inline constexpr option_name path_mtu_size{IPPROTO_IP, IP_MTU};
inline constexpr option_name free_bind = no_option;
inline constexpr option_name transparent = no_option;
inline constexpr option_name bind_address_no_port = no_option;
inline constexpr option_name local_port_range = no_option;
inline constexpr option_name multicast_interface{IPPROTO_IP, IP_MULTICAST_IF};
inline constexpr option_name receive_errors{IPPROTO_IP, IP_RECVERR};
inline constexpr option_name receive_error_extensions = no_option;
inline constexpr option_name receive_packet_info{IPPROTO_IP, IP_PKTINFO};
inline constexpr option_name receive_time_to_live{IPPROTO_IP, IP_RECVTTL};
inline constexpr option_name receive_type_of_service{IPPROTO_IP, IP_RECVTOS};
inline constexpr option_name receive_options = no_option;
inline constexpr option_name receive_options_to_return = no_option;
inline constexpr option_name receive_original_destination = no_option;
inline constexpr option_name receive_checksum = no_option;
inline constexpr option_name receive_fragment_size = no_option;
inline constexpr option_name receive_security_context = no_option;
inline constexpr option_name unicast_interface{IPPROTO_IP, IP_UNICAST_IF};
inline constexpr option_name header_included{IPPROTO_IP, IP_HDRINCL};
inline constexpr option_name keep_fragments = no_option;
inline constexpr option_name receive_router_alert = no_option;
inline constexpr option_name multicast_ttl{IPPROTO_IP, IP_MULTICAST_TTL};
inline constexpr option_name multicast_loop{IPPROTO_IP, IP_MULTICAST_LOOP};
inline constexpr option_name multicast_all = no_option;
inline constexpr option_name join_group{IPPROTO_IP, MCAST_JOIN_GROUP};
inline constexpr option_name join_group_v6{IPPROTO_IPV6, MCAST_JOIN_GROUP};
inline constexpr option_name leave_group{IPPROTO_IP, MCAST_LEAVE_GROUP};
inline constexpr option_name leave_group_v6{IPPROTO_IPV6, MCAST_LEAVE_GROUP};
inline constexpr option_name join_source{IPPROTO_IP, MCAST_JOIN_SOURCE_GROUP};
inline constexpr option_name join_source_v6{IPPROTO_IPV6, MCAST_JOIN_SOURCE_GROUP};
inline constexpr option_name leave_source{IPPROTO_IP, MCAST_LEAVE_SOURCE_GROUP};
inline constexpr option_name leave_source_v6{IPPROTO_IPV6, MCAST_LEAVE_SOURCE_GROUP};
inline constexpr option_name block_source{IPPROTO_IP, MCAST_BLOCK_SOURCE};
inline constexpr option_name block_source_v6{IPPROTO_IPV6, MCAST_BLOCK_SOURCE};
inline constexpr option_name unblock_source{IPPROTO_IP, MCAST_UNBLOCK_SOURCE};
inline constexpr option_name unblock_source_v6{IPPROTO_IPV6, MCAST_UNBLOCK_SOURCE};
inline constexpr option_name raw_protocol_number = no_option;

// ipv6(7)
inline constexpr option_name v6_only{IPPROTO_IPV6, IPV6_V6ONLY};
inline constexpr option_name hop_limit{IPPROTO_IPV6, IPV6_UNICAST_HOPS};
inline constexpr option_name traffic_class{IPPROTO_IPV6, IPV6_TCLASS};
inline constexpr option_name minimum_hop_limit = no_option;
inline constexpr option_name path_mtu_discovery_v6{IPPROTO_IPV6, IPV6_MTU_DISCOVER};
inline constexpr option_name path_mtu_size_v6{IPPROTO_IPV6, IPV6_MTU};
inline constexpr option_name do_not_fragment{IPPROTO_IPV6, IPV6_DONTFRAG};
inline constexpr option_name free_bind_v6 = no_option;
inline constexpr option_name transparent_v6 = no_option;
inline constexpr option_name source_preference = no_option;
inline constexpr option_name automatic_flow_label = no_option;
inline constexpr option_name send_flow_info = no_option;
inline constexpr option_name receive_errors_v6{IPPROTO_IPV6, IPV6_RECVERR};
inline constexpr option_name receive_error_extensions_v6 = no_option;
inline constexpr option_name receive_packet_info_v6{IPPROTO_IPV6, IPV6_PKTINFO};
inline constexpr option_name receive_hop_limit{IPPROTO_IPV6, IPV6_HOPLIMIT};
inline constexpr option_name receive_traffic_class{IPPROTO_IPV6, IPV6_RECVTCLASS};
inline constexpr option_name receive_flow_info = no_option;
inline constexpr option_name receive_hop_options = no_option;
inline constexpr option_name receive_destination_options = no_option;
inline constexpr option_name receive_routing_header{IPPROTO_IPV6, IPV6_RECVRTHDR};
inline constexpr option_name receive_path_mtu = no_option;
inline constexpr option_name receive_original_destination_v6 = no_option;
inline constexpr option_name receive_fragment_size_v6 = no_option;
inline constexpr option_name unicast_interface_v6{IPPROTO_IPV6, IPV6_UNICAST_IF};
inline constexpr option_name multicast_hops{IPPROTO_IPV6, IPV6_MULTICAST_HOPS};
inline constexpr option_name multicast_loop_v6{IPPROTO_IPV6, IPV6_MULTICAST_LOOP};
inline constexpr option_name multicast_all_v6 = no_option;
inline constexpr option_name multicast_interface_v6{IPPROTO_IPV6, IPV6_MULTICAST_IF};
inline constexpr option_name join_anycast = no_option;
inline constexpr option_name leave_anycast = no_option;
inline constexpr option_name header_included_v6{IPPROTO_IPV6, IPV6_HDRINCL};

// tcp(7)
inline constexpr option_name no_delay{IPPROTO_TCP, TCP_NODELAY};
inline constexpr option_name cork = no_option;
inline constexpr option_name quick_ack = no_option;
inline constexpr option_name keep_alive_idle{IPPROTO_TCP, 3};    // TCP_KEEPIDLE
inline constexpr option_name keep_alive_interval{IPPROTO_TCP, 17};    // TCP_KEEPINTVL
inline constexpr option_name keep_alive_count{IPPROTO_TCP, 16};    // TCP_KEEPCNT
inline constexpr option_name user_timeout = no_option;
inline constexpr option_name syn_count = no_option;
inline constexpr option_name closing_limit = no_option;
inline constexpr option_name defer_accept = no_option;
inline constexpr option_name fast_open = no_option;
inline constexpr option_name fast_open_connect = no_option;
inline constexpr option_name fast_open_without_cookie = no_option;
inline constexpr option_name fast_open_key = no_option;
inline constexpr option_name congestion_control = no_option;
inline constexpr option_name upper_layer = no_option;
inline constexpr option_name max_segment_size = no_option;
inline constexpr option_name not_sent_low_water_mark = no_option;
inline constexpr option_name window_clamp = no_option;
inline constexpr option_name report_queued_bytes = no_option;
inline constexpr option_name transmit_delay = no_option;
inline constexpr option_name thin_linear_timeouts = no_option;
inline constexpr option_name thin_early_repeat = no_option;
inline constexpr option_name save_first_segment = no_option;
inline constexpr option_name saved_first_segment = no_option;
inline constexpr option_name longest_retransmission_timeout = no_option;
inline constexpr option_name shortest_retransmission_timeout = no_option;
inline constexpr option_name longest_acknowledgement_delay = no_option;
inline constexpr option_name is_multipath = no_option;
inline constexpr option_name connection_info = no_option;

// udp(7)
inline constexpr option_name cork_datagram = no_option;
inline constexpr option_name segment_size{IPPROTO_UDP, 2};    // UDP_SEND_MSG_SIZE
inline constexpr option_name receive_joined{IPPROTO_UDP, 3};    // UDP_RECV_MAX_COALESCED_SIZE
inline constexpr option_name no_checksum_v6 = no_option;
inline constexpr option_name accept_no_checksum_v6 = no_option;
inline constexpr option_name no_checksum{IPPROTO_UDP, 1};    // UDP_NOCHECKSUM
inline constexpr option_name encapsulation = no_option;

}  // namespace plumb::os::options

namespace plumb::inline v0_1::os {

inline constexpr int path_mtu_cut = 2;          // IP_PMTUDISC_DONT
inline constexpr int path_mtu_try_and_cut = 0;  // IP_PMTUDISC_NOT_SET
inline constexpr int path_mtu_refuse = 1;       // IP_PMTUDISC_DO
inline constexpr int path_mtu_probe = 3;        // IP_PMTUDISC_PROBE
inline constexpr int path_mtu_interface = 100;  // not on Windows: invalid_argument
inline constexpr int path_mtu_omit = 101;

// LINGER.
struct linger_value {
    std::uint16_t on;
    std::uint16_t seconds;
};

struct credentials_value {
    std::int32_t process;
    std::uint32_t user;
    std::uint32_t group;
};

// The number of an interface in network order, as 0.x.x.x: Winsock's IP_MULTICAST_IF.
using multicast_interface_value = std::uint32_t;

using group_request = ::GROUP_REQ;
using group_source_request = ::GROUP_SOURCE_REQ;
using anycast_request = ::IPV6_MREQ;

static_assert(sizeof(linger_value) == sizeof(::LINGER));

[[nodiscard]] inline multicast_interface_value to_multicast_interface(std::uint32_t index) noexcept { return to_network(index); }

// The number of the interface, for a group on it: the one said, or that of the group's own scope.
[[nodiscard]] inline answer<std::uint32_t> to_group_interface(const ip_address& group, const ipv6_scope& on) {
    return to_interface_index(on.is_none() && group.is_v6() ? group.v6().scope() : on);
}

// An address without a port, as the requests below hold it.
[[nodiscard]] inline answer<SOCKADDR_STORAGE> to_storage(const ip_address& address) {
    auto native = to_sockaddr(endpoint(address, port::any()));
    if (!native) return failure(native.error());
    SOCKADDR_STORAGE storage{};
    std::memcpy(&storage, native->data(), static_cast<std::size_t>(native->size()));
    return storage;
}

[[nodiscard]] inline answer<group_request> to_group_request(const ip_address& group, const ipv6_scope& on) {
    auto index = to_group_interface(group, on);
    if (!index) return failure(index.error());
    auto storage = to_storage(group);
    if (!storage) return failure(storage.error());
    group_request request{};
    request.gr_interface = *index;
    request.gr_group = *storage;
    return request;
}

[[nodiscard]] inline answer<group_source_request> to_group_source_request(const ip_address& group, const ip_address& source,
                                                                          const ipv6_scope& on) {
    auto joined = to_group_request(group, on);
    if (!joined) return failure(joined.error());
    auto storage = to_storage(source);
    if (!storage) return failure(storage.error());
    group_source_request request{};
    request.gsr_interface = joined->gr_interface;
    request.gsr_group = joined->gr_group;
    request.gsr_source = *storage;
    return request;
}

[[nodiscard]] inline answer<anycast_request> to_anycast_request(const ipv6_address& address) {
    auto index = to_interface_index(address.scope());
    if (!index) return failure(index.error());
    anycast_request request{};
    std::memcpy(&request.ipv6mr_multiaddr, address.to_bytes().data(), sizeof request.ipv6mr_multiaddr);
    request.ipv6mr_interface = *index;
    return request;
}

// Those of IPv4 alone are in network order.
[[nodiscard]] constexpr std::uint32_t to_interface_option(option_name name, std::uint32_t index) noexcept {
    return name == options::unicast_interface ? to_network(index) : index;
}
[[nodiscard]] constexpr std::uint32_t from_interface_option(option_name name, std::uint32_t value) noexcept {
    return to_interface_option(name, value);
}

}  // namespace plumb::os
