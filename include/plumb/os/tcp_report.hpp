// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/core/version.hpp>

#include <cstddef>
#include <cstdint>

// What the system tells of a TCP connection, laid out as Linux gives it: struct tcp_info of <linux/tcp.h>, 6.18. A system that
// tells it otherwise fills this. Times are microseconds, unless they are called _ms.

namespace plumb::inline v0_1::os {

struct tcp_report {
    std::uint8_t state, congestion_state, retransmits, probes, backoff, options;
    std::uint8_t send_window_scale : 4, receive_window_scale : 4;
    std::uint8_t rate_limited_by_program : 1, fast_open_failure : 2;

    std::uint32_t retransmission_timeout, acknowledgement_timeout, send_segment_size, receive_segment_size;
    std::uint32_t unacknowledged, selectively_acknowledged, lost, retransmitted, forward_acknowledged;
    std::uint32_t last_data_sent_ms, last_acknowledgement_sent_ms, last_data_received_ms, last_acknowledgement_received_ms;
    std::uint32_t path_mtu, receive_slow_start_threshold, round_trip, round_trip_variation;
    std::uint32_t send_slow_start_threshold, congestion_window, advertised_segment_size, reordering;
    std::uint32_t receive_round_trip, receive_space, total_retransmits;

    std::uint64_t pacing_rate, greatest_pacing_rate, bytes_acknowledged, bytes_received;
    std::uint32_t segments_sent, segments_received, not_sent_bytes, least_round_trip;
    std::uint32_t data_segments_received, data_segments_sent;
    std::uint64_t delivery_rate, busy_time, window_limited_time, buffer_limited_time;
    std::uint32_t delivered, delivered_marked;
    std::uint64_t bytes_sent, bytes_retransmitted;                                           // Linux 4.19
    std::uint32_t duplicates_reported, reorderings_seen;
    std::uint32_t out_of_order, send_window;                                                 // 5.4
    std::uint32_t receive_window, rehashes;                                                  // 6.2
    std::uint16_t timeouts, timeout_recoveries;                                              // 6.7
    std::uint32_t timeout_time_ms;
};

static_assert(offsetof(tcp_report, retransmission_timeout) == 8 && offsetof(tcp_report, pacing_rate) == 104);
static_assert(offsetof(tcp_report, delivery_rate) == 160 && offsetof(tcp_report, send_window) == 228);
static_assert(sizeof(tcp_report) == 248);

}  // namespace plumb::os
