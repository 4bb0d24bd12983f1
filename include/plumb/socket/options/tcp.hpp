// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/socket/option.hpp>
#include <plumb/socket/options/connection_info.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

// Options of TCP: tcp(7). An acceptor hands them on to the connections that it accepts.

namespace plumb::inline v0_1 {

// Sends small writes at once instead of gathering them while an answer is awaited (Nagle's algorithm, RFC 896):
// TCP_NODELAY.
struct no_delay : flag_option<layer::tcp, os::options::no_delay> {};
// Holds back what does not fill a segment, until it is switched off or 200 ms are over: TCP_CORK.
struct cork : flag_option<layer::tcp, os::options::cork> {};
// Acknowledges at once instead of up to 40 ms later. The kernel switches it off again by itself: TCP_QUICKACK.
struct quick_acknowledgement : flag_option<layer::tcp, os::options::quick_acknowledgement> {};
// With keep_alive: how long a connection is silent before the peer is asked, to 32,767 s: TCP_KEEPIDLE.
struct keep_alive_idle : duration_option<layer::tcp, os::options::keep_alive_idle, std::chrono::seconds> {};
// With keep_alive: how long between one question and the next: TCP_KEEPINTVL.
struct keep_alive_interval : duration_option<layer::tcp, os::options::keep_alive_interval, std::chrono::seconds> {};
// With keep_alive: how many questions stay without an answer before the connection is timed_out, 1 to 127:
// TCP_KEEPCNT.
struct keep_alive_count : number_option<layer::tcp, os::options::keep_alive_count, std::uint8_t> {};
// How long sent bytes stay unacknowledged before the connection is timed_out (RFC 5482); off: about a quarter of an
// hour: TCP_USER_TIMEOUT.
struct user_timeout : limit_option<layer::tcp, os::options::user_timeout, std::chrono::milliseconds> {};
// How often connect repeats its first segment, 1 to 127: TCP_SYNCNT.
struct syn_count : number_option<layer::tcp, os::options::syn_count, std::uint8_t> {};
// How long a closed connection waits for the other end to close (FIN_WAIT2), to 120 s; off: as long as the
// system says, which is then read back. TCP_LINGER2.
struct closing_limit : limit_option<layer::tcp, os::options::closing_limit, std::chrono::seconds> {};
// Acceptors: accepts a connection only when its first bytes are there, and for how long they are awaited. The kernel
// rounds up to its retries: TCP_DEFER_ACCEPT.
struct defer_accept : limit_option<layer::tcp, os::options::defer_accept, std::chrono::seconds> {};
// Acceptors: how many connections may send bytes with their first segment and wait (RFC 7413): TCP_FASTOPEN.
struct fast_open : number_option<layer::tcp, os::options::fast_open> {};
// Sends the first bytes with the first segment where the peer is known to take it (RFC 7413): TCP_FASTOPEN_CONNECT.
struct fast_open_connect : flag_option<layer::tcp, os::options::fast_open_connect> {};
// The same without having asked for a cookie before: TCP_FASTOPEN_NO_COOKIE.
struct fast_open_without_cookie : flag_option<layer::tcp, os::options::fast_open_without_cookie> {};
// The key that cookies are made with (RFC 7413 section 4.1.2).
struct fast_open_key {
    using value_type = std::array<std::byte, 16>;
    using native_type = value_type;
    static constexpr auto belongs_to = layer::tcp;
    static constexpr auto name = os::options::fast_open_key;

    value_type value;

    [[nodiscard]] constexpr native_type to_native() const noexcept { return value; }
    [[nodiscard]] static constexpr value_type from_native(const native_type& native) noexcept { return native; }
};
// The name of the algorithm that decides how fast to send: "cubic". Errors: no_such_file_or_directory:
// TCP_CONGESTION.
struct congestion_control : text_option<layer::tcp, os::options::congestion_control> {};
// The protocol inside the kernel that the bytes pass, such as "tls"; "" for none, which cannot be set: TCP_ULP.
struct upper_layer : text_option<layer::tcp, os::options::upper_layer> {};
// The most bytes of one segment, 88 to 32,767; the path may make it smaller: TCP_MAXSEG.
struct max_segment_size : size_option<layer::tcp, os::options::max_segment_size> {};
// How many bytes may wait unsent before the socket stops being writable: TCP_NOTSENT_LOWAT.
struct not_sent_low_water_mark : size_option<layer::tcp, os::options::not_sent_low_water_mark> {};
// The most bytes of window that are offered to the peer: TCP_WINDOW_CLAMP.
struct window_clamp : size_option<layer::tcp, os::options::window_clamp> {};
// Hands over with every receive how many bytes are left, as a control message: TCP_INQ.
struct report_queued_bytes : flag_option<layer::tcp, os::options::report_queued_bytes> {};
// Delays every segment, to try how a program does over a long path: TCP_TX_DELAY.
struct transmit_delay : limit_option<layer::tcp, os::options::transmit_delay, std::chrono::microseconds> {};
// Repeats lost segments of a stream of few bytes without waiting ever longer: TCP_THIN_LINEAR_TIMEOUTS.
struct thin_linear_timeouts : flag_option<layer::tcp, os::options::thin_linear_timeouts> {};
// Was: repeats after the first duplicate acknowledgement. Does nothing since Linux 4.11: TCP_THIN_DUPACK.
struct thin_early_repeat : flag_option<layer::tcp, os::options::thin_early_repeat> {};
// Acceptors: keeps the headers of the segment that opened a connection, for saved_first_segment: TCP_SAVE_SYN.
struct save_first_segment : flag_option<layer::tcp, os::options::save_first_segment> {};
// The headers of the segment that opened this connection, once; empty where they were not kept or have been read.
struct saved_first_segment {
    using value_type = std::vector<std::byte>;
    using native_type = std::array<std::byte, 512>;
    static constexpr auto belongs_to = layer::tcp;
    static constexpr auto name = os::options::saved_first_segment;

    [[nodiscard]] static value_type from_native(const native_type& native, std::size_t size) {
        return {native.begin(), native.begin() + static_cast<std::ptrdiff_t>(detail::least(size, native.size()))};
    }
};
// The longest wait before a lost segment is repeated, 1 to 120 s: TCP_RTO_MAX_MS.
struct longest_retransmission_timeout
    : duration_option<layer::tcp, os::options::longest_retransmission_timeout, std::chrono::milliseconds> {};
// The shortest such wait: TCP_RTO_MIN_US.
struct shortest_retransmission_timeout
    : duration_option<layer::tcp, os::options::shortest_retransmission_timeout, std::chrono::microseconds> {};
// How long an acknowledgement waits at most for bytes to go with: TCP_DELACK_MAX_US.
struct longest_acknowledgement_delay
    : duration_option<layer::tcp, os::options::longest_acknowledgement_delay, std::chrono::microseconds> {};
// Whether the connection uses several paths (RFC 8684): TCP_IS_MPTCP.
struct is_multipath : flag_status<layer::tcp, os::options::is_multipath> {};

}  // namespace plumb
