// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/os/platform.hpp>

#include <cstdint>

// The system's numbers of socket options, and the values of those that are more than one number. One that a system does
// not have is `no_option` there: setting or getting it is no_protocol_option. In os::options, by manual page:
//   socket: reuse_address reuse_port keep_alive receive_buffer_size send_buffer_size force_receive_buffer_size
//     force_send_buffer_size buffer_lock reserved_memory receive_low_water_mark send_low_water_mark linger_on_close
//     broadcast do_not_route bind_to_device bind_to_interface mark receive_mark priority receive_priority
//     pacing_rate_limit rehash_when_stuck distrust_route incoming_cpu incoming_queue busy_poll prefer_busy_poll
//     busy_poll_budget urgent_inline zero_copy receive_overflow_count receive_time_in_microseconds
//     receive_time_in_nanoseconds timestamping receive_wifi_status error_queue_is_priority memory_use type_number
//     family_number protocol_number accepting socket_cookie network_cookie
//   packet: no_frame_check
//   local: peer_credentials peer_groups peer_security_context pass_credentials pass_security_context
//     pass_process_descriptor pass_descriptors report_queued_local_bytes
//   ip: time_to_live type_of_service minimum_time_to_live path_mtu_discovery path_mtu_size free_bind transparent
//     bind_address_no_port local_port_range multicast_interface receive_errors receive_error_extensions
//     receive_packet_info receive_time_to_live receive_type_of_service receive_options receive_options_to_return
//     receive_original_destination receive_checksum receive_fragment_size receive_security_context unicast_interface
//     header_included keep_fragments receive_router_alert multicast_ttl multicast_loop multicast_all join_group
//     join_group_v6 leave_group leave_group_v6 join_source join_source_v6 leave_source leave_source_v6 block_source
//     block_source_v6 unblock_source unblock_source_v6 raw_protocol_number
//   ipv6: v6_only hop_limit traffic_class minimum_hop_limit path_mtu_discovery_v6 path_mtu_size_v6 do_not_fragment
//     free_bind_v6 transparent_v6 source_preference automatic_flow_label send_flow_info receive_errors_v6
//     receive_error_extensions_v6 receive_packet_info_v6 receive_hop_limit receive_traffic_class receive_flow_info
//     receive_hop_options receive_destination_options receive_routing_header receive_path_mtu
//     receive_original_destination_v6 receive_fragment_size_v6 unicast_interface_v6 multicast_hops multicast_loop_v6
//     multicast_all_v6 multicast_interface_v6 join_anycast leave_anycast
//     header_included_v6
//   tcp: no_delay cork quick_ack keep_alive_idle keep_alive_interval keep_alive_count user_timeout
//     syn_count closing_limit defer_accept fast_open fast_open_connect fast_open_without_cookie fast_open_key
//     congestion_control upper_layer max_segment_size not_sent_low_water_mark window_clamp report_queued_bytes
//     transmit_delay thin_linear_timeouts thin_early_repeat save_first_segment saved_first_segment
//     longest_retransmission_timeout shortest_retransmission_timeout longest_acknowledgement_delay is_multipath
//     connection_info
//   udp: cork_datagram segment_size receive_joined no_checksum_v6 accept_no_checksum_v6 no_checksum encapsulation
// and in os:
//   path_mtu_cut path_mtu_try_and_cut path_mtu_refuse path_mtu_probe path_mtu_interface path_mtu_omit
//                                     the modes of path_mtu_discovery; a number that is refused for what it lacks
//   linger_value                      {on, seconds}, whose numbers are as wide as the system's
//   credentials_value                 {process, user, group}
//   tcp_report                        os/tcp_report.hpp: what connection_info is made of
//   multicast_interface_value         to_multicast_interface(index)
//   group_request                     to_group_request(group, scope) -> result
//   group_source_request              to_group_source_request(group, source, scope) -> result
//   anycast_request                   to_anycast_request(address) -> result
//   to_interface_option(name, index), from_interface_option(name, value)
//                                     between an interface's number and the value of unicast_interface,
//                                     unicast_interface_v6 and multicast_interface_v6

namespace plumb::inline v0_1::os {

// What getsockopt and setsockopt call an option.
struct option_name {
    int level = -1;
    int name = -1;

    friend constexpr bool operator==(const option_name&, const option_name&) noexcept = default;
};

inline constexpr option_name no_option{};

}  // namespace plumb::os

#if defined(PLUMB_OS_WINDOWS)
#include <plumb/os/windows/options.hpp>
#else
#include <plumb/os/posix/options.hpp>
#endif
