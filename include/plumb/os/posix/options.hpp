// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/core/byte_order.hpp>
#include <plumb/os/options.hpp>
#include <plumb/os/socket_address.hpp>
#include <plumb/os/tcp_report.hpp>

#include <cstdint>
#include <cstring>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <netinet/udp.h>
#include <sys/socket.h>

// Options as Linux numbers them. Those that its headers may be too old for are written as numbers, with the first
// kernel that has them.

namespace plumb::inline v0_1::os::options {

// socket(7)
inline constexpr option_name reuse_address{SOL_SOCKET, SO_REUSEADDR};
inline constexpr option_name reuse_port{SOL_SOCKET, SO_REUSEPORT};
inline constexpr option_name keep_alive{SOL_SOCKET, SO_KEEPALIVE};
inline constexpr option_name receive_buffer_size{SOL_SOCKET, SO_RCVBUF};
inline constexpr option_name send_buffer_size{SOL_SOCKET, SO_SNDBUF};
inline constexpr option_name force_receive_buffer_size{SOL_SOCKET, SO_RCVBUFFORCE};
inline constexpr option_name force_send_buffer_size{SOL_SOCKET, SO_SNDBUFFORCE};
inline constexpr option_name buffer_lock{SOL_SOCKET, 72};    // SO_BUF_LOCK, Linux 5.14
inline constexpr option_name reserved_memory{SOL_SOCKET, 73};    // SO_RESERVE_MEM, Linux 5.16
inline constexpr option_name receive_low_water_mark{SOL_SOCKET, SO_RCVLOWAT};
inline constexpr option_name send_low_water_mark{SOL_SOCKET, SO_SNDLOWAT};
inline constexpr option_name linger_on_close{SOL_SOCKET, SO_LINGER};
inline constexpr option_name broadcast{SOL_SOCKET, SO_BROADCAST};
inline constexpr option_name do_not_route{SOL_SOCKET, SO_DONTROUTE};
inline constexpr option_name bind_to_device{SOL_SOCKET, SO_BINDTODEVICE};
inline constexpr option_name bind_to_interface{SOL_SOCKET, 62};    // SO_BINDTOIFINDEX, Linux 5.1
inline constexpr option_name mark{SOL_SOCKET, SO_MARK};
inline constexpr option_name receive_mark{SOL_SOCKET, 75};    // SO_RCVMARK, Linux 5.19
inline constexpr option_name priority{SOL_SOCKET, SO_PRIORITY};
inline constexpr option_name receive_priority{SOL_SOCKET, 82};    // SO_RCVPRIORITY, Linux 6.14
inline constexpr option_name pacing_rate_limit{SOL_SOCKET, SO_MAX_PACING_RATE};
inline constexpr option_name rehash_when_stuck{SOL_SOCKET, 74};    // SO_TXREHASH, Linux 5.18
inline constexpr option_name distrust_route{SOL_SOCKET, SO_CNX_ADVICE};
inline constexpr option_name incoming_cpu{SOL_SOCKET, SO_INCOMING_CPU};
inline constexpr option_name incoming_queue{SOL_SOCKET, SO_INCOMING_NAPI_ID};
inline constexpr option_name busy_poll{SOL_SOCKET, SO_BUSY_POLL};
inline constexpr option_name prefer_busy_poll{SOL_SOCKET, 69};    // SO_PREFER_BUSY_POLL, Linux 5.11
inline constexpr option_name busy_poll_budget{SOL_SOCKET, 70};    // SO_BUSY_POLL_BUDGET, Linux 5.11
inline constexpr option_name urgent_inline{SOL_SOCKET, SO_OOBINLINE};
inline constexpr option_name zero_copy{SOL_SOCKET, SO_ZEROCOPY};
inline constexpr option_name receive_overflow_count{SOL_SOCKET, SO_RXQ_OVFL};
inline constexpr option_name receive_time_in_microseconds{SOL_SOCKET, SO_TIMESTAMP};
inline constexpr option_name receive_time_in_nanoseconds{SOL_SOCKET, SO_TIMESTAMPNS};
inline constexpr option_name timestamping{SOL_SOCKET, SO_TIMESTAMPING};
inline constexpr option_name receive_wifi_status{SOL_SOCKET, SO_WIFI_STATUS};
inline constexpr option_name error_queue_is_priority{SOL_SOCKET, SO_SELECT_ERR_QUEUE};
inline constexpr option_name memory_use{SOL_SOCKET, SO_MEMINFO};
inline constexpr option_name type_number{SOL_SOCKET, SO_TYPE};
inline constexpr option_name family_number{SOL_SOCKET, SO_DOMAIN};
inline constexpr option_name protocol_number{SOL_SOCKET, SO_PROTOCOL};
inline constexpr option_name accepting{SOL_SOCKET, SO_ACCEPTCONN};
inline constexpr option_name socket_cookie{SOL_SOCKET, SO_COOKIE};
inline constexpr option_name network_cookie{SOL_SOCKET, 71};    // SO_NETNS_COOKIE, Linux 5.14
inline constexpr option_name no_frame_check{SOL_SOCKET, SO_NOFCS};

// unix(7)
inline constexpr option_name peer_credentials{SOL_SOCKET, SO_PEERCRED};
inline constexpr option_name peer_groups{SOL_SOCKET, SO_PEERGROUPS};
inline constexpr option_name peer_security_context{SOL_SOCKET, SO_PEERSEC};
inline constexpr option_name pass_credentials{SOL_SOCKET, SO_PASSCRED};
inline constexpr option_name pass_security_context{SOL_SOCKET, SO_PASSSEC};
inline constexpr option_name pass_process_descriptor{SOL_SOCKET, 76};    // SO_PASSPIDFD, Linux 6.5
inline constexpr option_name pass_descriptors{SOL_SOCKET, 83};    // SO_PASSRIGHTS, Linux 6.16
inline constexpr option_name report_queued_local_bytes{SOL_SOCKET, 84};    // SO_INQ, Linux 6.17

// ip(7)
inline constexpr option_name time_to_live{IPPROTO_IP, IP_TTL};
inline constexpr option_name type_of_service{IPPROTO_IP, IP_TOS};
inline constexpr option_name minimum_time_to_live{IPPROTO_IP, IP_MINTTL};
inline constexpr option_name path_mtu_discovery{IPPROTO_IP, IP_MTU_DISCOVER};
inline constexpr option_name path_mtu_size{IPPROTO_IP, IP_MTU};
inline constexpr option_name free_bind{IPPROTO_IP, IP_FREEBIND};
inline constexpr option_name transparent{IPPROTO_IP, IP_TRANSPARENT};
inline constexpr option_name bind_address_no_port{IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT};
inline constexpr option_name local_port_range{IPPROTO_IP, 51};    // IP_LOCAL_PORT_RANGE, Linux 6.3
inline constexpr option_name multicast_interface{IPPROTO_IP, IP_MULTICAST_IF};
inline constexpr option_name receive_errors{IPPROTO_IP, IP_RECVERR};
inline constexpr option_name receive_error_extensions{IPPROTO_IP, 26};    // IP_RECVERR_RFC4884, Linux 5.9
inline constexpr option_name receive_packet_info{IPPROTO_IP, IP_PKTINFO};
inline constexpr option_name receive_time_to_live{IPPROTO_IP, IP_RECVTTL};
inline constexpr option_name receive_type_of_service{IPPROTO_IP, IP_RECVTOS};
inline constexpr option_name receive_options{IPPROTO_IP, IP_RECVOPTS};
inline constexpr option_name receive_options_to_return{IPPROTO_IP, IP_RETOPTS};
inline constexpr option_name receive_original_destination{IPPROTO_IP, IP_RECVORIGDSTADDR};
inline constexpr option_name receive_checksum{IPPROTO_IP, IP_CHECKSUM};
inline constexpr option_name receive_fragment_size{IPPROTO_IP, IP_RECVFRAGSIZE};
inline constexpr option_name receive_security_context{IPPROTO_IP, IP_PASSSEC};
inline constexpr option_name unicast_interface{IPPROTO_IP, IP_UNICAST_IF};
inline constexpr option_name header_included{IPPROTO_IP, IP_HDRINCL};
inline constexpr option_name keep_fragments{IPPROTO_IP, IP_NODEFRAG};
inline constexpr option_name receive_router_alert{IPPROTO_IP, IP_ROUTER_ALERT};
inline constexpr option_name multicast_ttl{IPPROTO_IP, IP_MULTICAST_TTL};
inline constexpr option_name multicast_loop{IPPROTO_IP, IP_MULTICAST_LOOP};
inline constexpr option_name multicast_all{IPPROTO_IP, IP_MULTICAST_ALL};
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
inline constexpr option_name raw_protocol_number{IPPROTO_IP, 52};    // IP_PROTOCOL, Linux 6.4

// ipv6(7)
inline constexpr option_name v6_only{IPPROTO_IPV6, IPV6_V6ONLY};
inline constexpr option_name hop_limit{IPPROTO_IPV6, IPV6_UNICAST_HOPS};
inline constexpr option_name traffic_class{IPPROTO_IPV6, IPV6_TCLASS};
inline constexpr option_name minimum_hop_limit{IPPROTO_IPV6, IPV6_MINHOPCOUNT};
inline constexpr option_name path_mtu_discovery_v6{IPPROTO_IPV6, IPV6_MTU_DISCOVER};
inline constexpr option_name path_mtu_size_v6{IPPROTO_IPV6, IPV6_MTU};
inline constexpr option_name do_not_fragment{IPPROTO_IPV6, IPV6_DONTFRAG};
inline constexpr option_name free_bind_v6{IPPROTO_IPV6, IPV6_FREEBIND};
inline constexpr option_name transparent_v6{IPPROTO_IPV6, IPV6_TRANSPARENT};
inline constexpr option_name source_preference{IPPROTO_IPV6, IPV6_ADDR_PREFERENCES};
inline constexpr option_name automatic_flow_label{IPPROTO_IPV6, IPV6_AUTOFLOWLABEL};
inline constexpr option_name send_flow_info{IPPROTO_IPV6, 33};    // IPV6_FLOWINFO_SEND
inline constexpr option_name receive_errors_v6{IPPROTO_IPV6, IPV6_RECVERR};
inline constexpr option_name receive_error_extensions_v6{IPPROTO_IPV6, 31};    // IPV6_RECVERR_RFC4884, Linux 5.9
inline constexpr option_name receive_packet_info_v6{IPPROTO_IPV6, IPV6_RECVPKTINFO};
inline constexpr option_name receive_hop_limit{IPPROTO_IPV6, IPV6_RECVHOPLIMIT};
inline constexpr option_name receive_traffic_class{IPPROTO_IPV6, IPV6_RECVTCLASS};
inline constexpr option_name receive_flow_info{IPPROTO_IPV6, 11};    // IPV6_FLOWINFO
inline constexpr option_name receive_hop_options{IPPROTO_IPV6, IPV6_RECVHOPOPTS};
inline constexpr option_name receive_destination_options{IPPROTO_IPV6, IPV6_RECVDSTOPTS};
inline constexpr option_name receive_routing_header{IPPROTO_IPV6, IPV6_RECVRTHDR};
inline constexpr option_name receive_path_mtu{IPPROTO_IPV6, IPV6_RECVPATHMTU};
inline constexpr option_name receive_original_destination_v6{IPPROTO_IPV6, IPV6_RECVORIGDSTADDR};
inline constexpr option_name receive_fragment_size_v6{IPPROTO_IPV6, IPV6_RECVFRAGSIZE};
inline constexpr option_name unicast_interface_v6{IPPROTO_IPV6, IPV6_UNICAST_IF};
inline constexpr option_name multicast_hops{IPPROTO_IPV6, IPV6_MULTICAST_HOPS};
inline constexpr option_name multicast_loop_v6{IPPROTO_IPV6, IPV6_MULTICAST_LOOP};
inline constexpr option_name multicast_all_v6{IPPROTO_IPV6, IPV6_MULTICAST_ALL};
inline constexpr option_name multicast_interface_v6{IPPROTO_IPV6, IPV6_MULTICAST_IF};
inline constexpr option_name join_anycast{IPPROTO_IPV6, IPV6_JOIN_ANYCAST};
inline constexpr option_name leave_anycast{IPPROTO_IPV6, IPV6_LEAVE_ANYCAST};
inline constexpr option_name header_included_v6{IPPROTO_IPV6, IPV6_HDRINCL};

// tcp(7)
inline constexpr option_name no_delay{IPPROTO_TCP, TCP_NODELAY};
inline constexpr option_name cork{IPPROTO_TCP, TCP_CORK};
inline constexpr option_name quick_ack{IPPROTO_TCP, TCP_QUICKACK};
inline constexpr option_name keep_alive_idle{IPPROTO_TCP, TCP_KEEPIDLE};
inline constexpr option_name keep_alive_interval{IPPROTO_TCP, TCP_KEEPINTVL};
inline constexpr option_name keep_alive_count{IPPROTO_TCP, TCP_KEEPCNT};
inline constexpr option_name user_timeout{IPPROTO_TCP, TCP_USER_TIMEOUT};
inline constexpr option_name syn_count{IPPROTO_TCP, TCP_SYNCNT};
inline constexpr option_name closing_limit{IPPROTO_TCP, TCP_LINGER2};
inline constexpr option_name defer_accept{IPPROTO_TCP, TCP_DEFER_ACCEPT};
inline constexpr option_name fast_open{IPPROTO_TCP, TCP_FASTOPEN};
inline constexpr option_name fast_open_connect{IPPROTO_TCP, TCP_FASTOPEN_CONNECT};
inline constexpr option_name fast_open_without_cookie{IPPROTO_TCP, TCP_FASTOPEN_NO_COOKIE};
inline constexpr option_name fast_open_key{IPPROTO_TCP, TCP_FASTOPEN_KEY};
inline constexpr option_name congestion_control{IPPROTO_TCP, TCP_CONGESTION};
inline constexpr option_name upper_layer{IPPROTO_TCP, TCP_ULP};
inline constexpr option_name max_segment_size{IPPROTO_TCP, TCP_MAXSEG};
inline constexpr option_name not_sent_low_water_mark{IPPROTO_TCP, TCP_NOTSENT_LOWAT};
inline constexpr option_name window_clamp{IPPROTO_TCP, TCP_WINDOW_CLAMP};
inline constexpr option_name report_queued_bytes{IPPROTO_TCP, TCP_INQ};
inline constexpr option_name transmit_delay{IPPROTO_TCP, TCP_TX_DELAY};
inline constexpr option_name thin_linear_timeouts{IPPROTO_TCP, TCP_THIN_LINEAR_TIMEOUTS};
inline constexpr option_name thin_early_repeat{IPPROTO_TCP, TCP_THIN_DUPACK};
inline constexpr option_name save_first_segment{IPPROTO_TCP, TCP_SAVE_SYN};
inline constexpr option_name saved_first_segment{IPPROTO_TCP, TCP_SAVED_SYN};
inline constexpr option_name longest_retransmission_timeout{IPPROTO_TCP, 44};    // TCP_RTO_MAX_MS, Linux 6.15
inline constexpr option_name shortest_retransmission_timeout{IPPROTO_TCP, 45};    // TCP_RTO_MIN_US, Linux 6.15
inline constexpr option_name longest_acknowledgement_delay{IPPROTO_TCP, 46};    // TCP_DELACK_MAX_US, Linux 6.15
inline constexpr option_name is_multipath{IPPROTO_TCP, 43};    // TCP_IS_MPTCP, Linux 6.10
inline constexpr option_name connection_info{IPPROTO_TCP, TCP_INFO};

// udp(7)
inline constexpr option_name cork_datagram{IPPROTO_UDP, UDP_CORK};
inline constexpr option_name segment_size{IPPROTO_UDP, UDP_SEGMENT};
inline constexpr option_name receive_joined{IPPROTO_UDP, UDP_GRO};
inline constexpr option_name no_checksum_v6{IPPROTO_UDP, UDP_NO_CHECK6_TX};
inline constexpr option_name accept_no_checksum_v6{IPPROTO_UDP, UDP_NO_CHECK6_RX};
inline constexpr option_name no_checksum{SOL_SOCKET, SO_NO_CHECK};
inline constexpr option_name encapsulation{IPPROTO_UDP, UDP_ENCAP};

}  // namespace plumb::os::options

namespace plumb::inline v0_1::os {

inline constexpr int path_mtu_cut = IP_PMTUDISC_DONT;
inline constexpr int path_mtu_try_and_cut = IP_PMTUDISC_WANT;
inline constexpr int path_mtu_refuse = IP_PMTUDISC_DO;
inline constexpr int path_mtu_probe = IP_PMTUDISC_PROBE;
inline constexpr int path_mtu_interface = IP_PMTUDISC_INTERFACE;
inline constexpr int path_mtu_omit = IP_PMTUDISC_OMIT;

// struct linger.
struct linger_value {
    int on;
    int seconds;
};

// struct ucred.
struct credentials_value {
    std::int32_t process;
    std::uint32_t user;
    std::uint32_t group;
};

// struct ip_mreqn. Of its two ways to say which interface, only the number is used.
struct multicast_interface_value {
    std::uint32_t group;
    std::uint32_t address;
    std::uint32_t interface_index;
};

using group_request = ::group_req;
using group_source_request = ::group_source_req;
using anycast_request = ::ipv6_mreq;

static_assert(sizeof(linger_value) == sizeof(::linger) && sizeof(multicast_interface_value) == sizeof(::ip_mreqn));

[[nodiscard]] constexpr multicast_interface_value to_multicast_interface(std::uint32_t index) noexcept {
    return {0, 0, index};
}

// The number of the interface, for a group on it: the one said, or that of the group's own scope.
[[nodiscard]] inline answer<std::uint32_t> to_group_interface(const ip_address& group, const ipv6_scope& on) {
    return to_interface_index(on.is_none() && group.is_v6() ? group.v6().scope() : on);
}

// An address without a port, as the requests below hold it.
[[nodiscard]] inline answer<sockaddr_storage> to_storage(const ip_address& address) {
    auto native = to_sockaddr(endpoint(address, port::any()));
    if (!native) return failure(native.error());
    sockaddr_storage storage{};
    std::memcpy(&storage, native->data(), native->size());
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

[[nodiscard]] inline answer<group_source_request> to_group_source_request(const ip_address& group,
                                                                          const ip_address& from,
                                                                          const ipv6_scope& on) {
    auto joined = to_group_request(group, on);
    if (!joined) return failure(joined.error());
    auto storage = to_storage(from);
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

// IP_UNICAST_IF and IPV6_UNICAST_IF alone are in network order: ip(7).
[[nodiscard]] constexpr std::uint32_t to_interface_option(option_name name, std::uint32_t index) noexcept {
    return name == options::unicast_interface || name == options::unicast_interface_v6 ? to_network(index) : index;
}
[[nodiscard]] constexpr std::uint32_t from_interface_option(option_name name, std::uint32_t value) noexcept {
    return to_interface_option(name, value);
}

}  // namespace plumb::os
