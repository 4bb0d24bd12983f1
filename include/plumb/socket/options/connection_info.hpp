// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/core/deadline.hpp>
#include <plumb/os/tcp_report.hpp>
#include <plumb/socket/option.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>

// What the kernel knows of a TCP connection: socket.get<connection_info>().

namespace plumb::inline v0_1 {

// Where a connection stands. RFC 9293 section 3.3.2.
enum class connection_state : std::uint8_t {
    unknown, established, syn_sent, syn_received, fin_wait_1, fin_wait_2, time_wait, closed, close_wait, last_ack,
    listening, closing, new_syn_received,
};

[[nodiscard]] constexpr std::string_view to_string(connection_state state) noexcept {
    constexpr std::string_view names[] = {
        "unknown", "established", "syn_sent", "syn_received", "fin_wait_1", "fin_wait_2", "time_wait", "closed",
        "close_wait", "last_ack", "listening", "closing", "new_syn_received",
    };
    auto number = static_cast<std::size_t>(state);
    return names[number < std::size(names) ? number : 0];
}

// TCP_INFO. What an older kernel does not tell is 0.
struct connection_info {
    using value_type = connection_info;
    using native_type = os::tcp_report;
    static constexpr auto belongs_to = layer::tcp;
    static constexpr auto name = os::options::connection_info;

    using microseconds = std::chrono::microseconds;
    using milliseconds = std::chrono::milliseconds;

    connection_state state = connection_state::unknown;

    // What both ends agreed on when they connected: RFC 7323, RFC 2018, RFC 3168, RFC 7413.
    bool has_timestamps = false, has_selective_acknowledgement = false, has_window_scale = false;
    bool has_congestion_notification = false, used_fast_open = false;
    unsigned send_window_scale = 0, receive_window_scale = 0;

    // Sizes in bytes.
    std::uint32_t send_segment_size = 0, receive_segment_size = 0, advertised_segment_size = 0, path_mtu = 0;
    std::uint32_t send_window = 0, receive_window = 0, receive_space = 0;

    // Times; the last three are how long ago.
    microseconds round_trip{}, round_trip_variation{}, least_round_trip{};
    microseconds retransmission_timeout{}, acknowledgement_timeout{};
    milliseconds since_sent{}, since_received{}, since_acknowledged{};

    // Segments on their way now. Of an acceptor: connections that wait to be accepted, and how many may.
    std::uint32_t unacknowledged = 0, selectively_acknowledged = 0;
    std::uint32_t lost = 0, retransmitted = 0;
    std::uint32_t congestion_window = 0, slow_start_threshold = 0;
    unsigned retransmits_in_a_row = 0, probes_in_a_row = 0;

    // From the start of the connection.
    std::uint32_t segments_sent = 0, segments_received = 0, data_segments_sent = 0, data_segments_received = 0;
    std::uint64_t bytes_sent = 0, bytes_acknowledged = 0, bytes_received = 0, bytes_retransmitted = 0;
    std::uint32_t total_retransmits = 0, out_of_order = 0, timeouts = 0;
    std::uint32_t not_sent_bytes = 0;    // written, and still waiting here

    // Bytes a second, and what held the sender back.
    std::uint64_t delivery_rate = 0, pacing_rate = 0;
    bool rate_limited_by_program = false;
    microseconds busy_time{}, window_limited_time{}, buffer_limited_time{};

    [[nodiscard]] static constexpr connection_info from_native(const native_type& n) noexcept {
        constexpr int timestamps = 1, selective = 2, scale = 4, notification = 8, data_with_syn = 32;
        return {
            .state = static_cast<connection_state>(n.state),
            .has_timestamps = (n.options & timestamps) != 0,
            .has_selective_acknowledgement = (n.options & selective) != 0,
            .has_window_scale = (n.options & scale) != 0,
            .has_congestion_notification = (n.options & notification) != 0,
            .used_fast_open = (n.options & data_with_syn) != 0,
            .send_window_scale = n.send_window_scale,
            .receive_window_scale = n.receive_window_scale,
            .send_segment_size = n.send_segment_size,
            .receive_segment_size = n.receive_segment_size,
            .advertised_segment_size = n.advertised_segment_size,
            .path_mtu = n.path_mtu,
            .send_window = n.send_window,
            .receive_window = n.receive_window,
            .receive_space = n.receive_space,
            .round_trip = microseconds(n.round_trip),
            .round_trip_variation = microseconds(n.round_trip_variation),
            .least_round_trip = microseconds(n.least_round_trip),
            .retransmission_timeout = microseconds(n.retransmission_timeout),
            .acknowledgement_timeout = microseconds(n.acknowledgement_timeout),
            .since_sent = milliseconds(n.last_data_sent_ms),
            .since_received = milliseconds(n.last_data_received_ms),
            .since_acknowledged = milliseconds(n.last_acknowledgement_received_ms),
            .unacknowledged = n.unacknowledged,
            .selectively_acknowledged = n.selectively_acknowledged,
            .lost = n.lost,
            .retransmitted = n.retransmitted,
            .congestion_window = n.congestion_window,
            .slow_start_threshold = n.send_slow_start_threshold,
            .retransmits_in_a_row = n.retransmits,
            .probes_in_a_row = n.probes,
            .segments_sent = n.segments_sent,
            .segments_received = n.segments_received,
            .data_segments_sent = n.data_segments_sent,
            .data_segments_received = n.data_segments_received,
            .bytes_sent = n.bytes_sent,
            .bytes_acknowledged = n.bytes_acknowledged,
            .bytes_received = n.bytes_received,
            .bytes_retransmitted = n.bytes_retransmitted,
            .total_retransmits = n.total_retransmits,
            .out_of_order = n.out_of_order,
            .timeouts = n.timeouts,
            .not_sent_bytes = n.not_sent_bytes,
            .delivery_rate = n.delivery_rate,
            .pacing_rate = n.pacing_rate,
            .rate_limited_by_program = n.rate_limited_by_program != 0,
            .busy_time = microseconds(n.busy_time),
            .window_limited_time = microseconds(n.window_limited_time),
            .buffer_limited_time = microseconds(n.buffer_limited_time),
        };
    }
};

}  // namespace plumb
