// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/core/deadline.hpp>
#include <plumb/socket/option.hpp>
#include <plumb/socket/options/connection_info.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

// Options of TCP: tcp(7). An acceptor hands them on to the connections that it accepts.

namespace plumb::inline v0_1 {

// TCP_NODELAY: sends small writes at once instead of gathering them while an answer is awaited (Nagle's algorithm,
// RFC 896).
struct no_delay : flag_option<layer::tcp, os::options::no_delay> {};
// TCP_CORK: holds back what does not fill a segment, until it is switched off or 200 ms are over.
struct cork : flag_option<layer::tcp, os::options::cork> {};
// TCP_QUICKACK: acknowledges at once instead of up to 40 ms later. The kernel switches it off again by itself.
struct quick_ack : flag_option<layer::tcp, os::options::quick_ack> {};
// TCP_KEEPIDLE: with keep_alive: how long a connection is silent before the peer is asked, to 32,767 s.
struct keep_alive_idle : duration_option<layer::tcp, os::options::keep_alive_idle, std::chrono::seconds> {};
// TCP_KEEPINTVL: with keep_alive: how long between one question and the next.
struct keep_alive_interval : duration_option<layer::tcp, os::options::keep_alive_interval, std::chrono::seconds> {};
// TCP_KEEPCNT: with keep_alive: how many questions stay without an answer before the connection is timed_out, 1 to
// 127.
struct keep_alive_count : number_option<layer::tcp, os::options::keep_alive_count, std::uint8_t> {};
// TCP_USER_TIMEOUT: how long sent bytes stay unacknowledged before the connection is timed_out (RFC 5482); off: about
// a quarter of an hour.
struct user_timeout : limit_option<layer::tcp, os::options::user_timeout, std::chrono::milliseconds> {};
// TCP_SYNCNT: how often connect repeats its first segment, 1 to 127.
struct syn_count : number_option<layer::tcp, os::options::syn_count, std::uint8_t> {};
// TCP_LINGER2: how long a closed connection waits for the other end to close (FIN_WAIT2), to 120 s; off: as long as
// the system says, which is then read back.
struct closing_limit : limit_option<layer::tcp, os::options::closing_limit, std::chrono::seconds> {};
// TCP_DEFER_ACCEPT: acceptors: accepts a connection only when its first bytes are there, and for how long they are
// awaited. The kernel rounds up to its retries.
struct defer_accept : limit_option<layer::tcp, os::options::defer_accept, std::chrono::seconds> {};
// TCP_FASTOPEN: acceptors: how many connections may send bytes with their first segment and wait (RFC 7413).
struct fast_open : number_option<layer::tcp, os::options::fast_open> {};
// TCP_FASTOPEN_CONNECT: sends the first bytes with the first segment where the peer is known to take it (RFC 7413).
struct fast_open_connect : flag_option<layer::tcp, os::options::fast_open_connect> {};
// TCP_FASTOPEN_NO_COOKIE: the same without having asked for a cookie before.
struct fast_open_without_cookie : flag_option<layer::tcp, os::options::fast_open_without_cookie> {};

// TCP_FASTOPEN_KEY: the key that cookies are made with (RFC 7413 section 4.1.2).
// Read: none, one or two keys in a row.
struct fast_open_key {
    using value_type = std::vector<std::byte>;
    using native_type = std::array<std::byte, 32>;
    static constexpr auto belongs_to = layer::tcp;
    static constexpr auto name = os::options::fast_open_key;

    std::array<std::byte, 16> value;

    [[nodiscard]] constexpr native_type to_native() const noexcept {
        native_type native{};
        for (std::size_t i = 0; i < value.size(); ++i) native[i] = value[i];
        return native;
    }
    [[nodiscard]] constexpr std::size_t native_size() const noexcept { return value.size(); }
    [[nodiscard]] static value_type from_native(const native_type& native, std::size_t size) {
        return {native.begin(), native.begin() + static_cast<std::ptrdiff_t>(detail::least(size, native.size()))};
    }
};

// TCP_CONGESTION: the name of the algorithm that decides how fast to send: "cubic". Errors:
// no_such_file_or_directory.
struct congestion_control : text_option<layer::tcp, os::options::congestion_control> {};
// TCP_ULP: the protocol inside the kernel that the bytes pass, such as "tls"; "" for none, which cannot be set.
struct upper_layer : text_option<layer::tcp, os::options::upper_layer> {};
// TCP_MAXSEG: the most bytes of one segment, 88 to 32,767; the path may make it smaller.
struct max_segment_size : size_option<layer::tcp, os::options::max_segment_size> {};
// TCP_NOTSENT_LOWAT: how many bytes may wait unsent before the socket stops being writable.
struct not_sent_low_water_mark : size_option<layer::tcp, os::options::not_sent_low_water_mark> {};
// TCP_WINDOW_CLAMP: the most bytes of window that are offered to the peer.
struct window_clamp : size_option<layer::tcp, os::options::window_clamp> {};
// TCP_INQ: hands over with every receive how many bytes are left, as a control message.
struct report_queued_bytes : flag_option<layer::tcp, os::options::report_queued_bytes> {};
// TCP_TX_DELAY: delays every segment, to try how a program does over a long path.
struct transmit_delay : limit_option<layer::tcp, os::options::transmit_delay, std::chrono::microseconds> {};
// TCP_THIN_LINEAR_TIMEOUTS: repeats lost segments of a stream of few bytes without waiting ever longer.
struct thin_linear_timeouts : flag_option<layer::tcp, os::options::thin_linear_timeouts> {};
// TCP_THIN_DUPACK: was: repeats after the first duplicate acknowledgement. Does nothing since Linux 4.11.
struct thin_early_repeat : flag_option<layer::tcp, os::options::thin_early_repeat> {};
// TCP_SAVE_SYN: acceptors: keeps the headers of the segment that opened a connection, for saved_first_segment.
struct save_first_segment : flag_option<layer::tcp, os::options::save_first_segment> {};

// TCP_SAVED_SYN: the headers of the segment that opened this connection, once; empty where they were not kept.
struct saved_first_segment {
    using value_type = std::vector<std::byte>;
    using native_type = std::array<std::byte, 512>;
    static constexpr auto belongs_to = layer::tcp;
    static constexpr auto name = os::options::saved_first_segment;

    [[nodiscard]] static value_type from_native(const native_type& native, std::size_t size) {
        return {native.begin(), native.begin() + static_cast<std::ptrdiff_t>(detail::least(size, native.size()))};
    }
};

// TCP_RTO_MAX_MS: the longest wait before a lost segment is repeated, 1 to 120 s.
struct longest_retransmission_timeout
    : duration_option<layer::tcp, os::options::longest_retransmission_timeout, std::chrono::milliseconds> {};
// TCP_RTO_MIN_US: the shortest such wait.
struct shortest_retransmission_timeout
    : duration_option<layer::tcp, os::options::shortest_retransmission_timeout, std::chrono::microseconds> {};
// TCP_DELACK_MAX_US: how long an acknowledgement waits at most for bytes to go with.
struct longest_acknowledgement_delay
    : duration_option<layer::tcp, os::options::longest_acknowledgement_delay, std::chrono::microseconds> {};
// TCP_IS_MPTCP: whether the connection uses several paths (RFC 8684).
struct is_multipath : flag_status<layer::tcp, os::options::is_multipath> {};

}  // namespace plumb
