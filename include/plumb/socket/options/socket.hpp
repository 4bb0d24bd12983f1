// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/socket/option.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>

// Options of every socket: socket(7).

namespace plumb::inline v0_1 {

// The buffers of a socket.
enum class buffer_side : int { none = 0, send = 1, receive = 2, both = 3 };

// Moments of a packet, and whose clock: the bits of SOF_TIMESTAMPING_*, to be joined with |.
enum class timestamp_kind : int {
    none = 0, sent_hardware = 1, sent_software = 2, received_hardware = 4, received_software = 8, software = 16,
    raw_hardware = 64, numbered = 128, sent_queued = 256, sent_acknowledged = 512, as_control_message = 1024,
    without_packet = 2048, with_statistics = 4096,
};
[[nodiscard]] constexpr timestamp_kind operator|(timestamp_kind left, timestamp_kind right) noexcept {
    return static_cast<timestamp_kind>(static_cast<int>(left) | static_cast<int>(right));
}

// Takes a port back at once after a restart, in spite of connections in TIME_WAIT. Acceptors on POSIX set it always:
// SO_REUSEADDR.
struct reuse_address : flag_option<layer::socket, os::options::reuse_address> {};
// Shares a port with other sockets of the same user that set it too: the kernel spreads what comes in among them:
// SO_REUSEPORT.
struct reuse_port : flag_option<layer::socket, os::options::reuse_port> {};
// Asks an idle peer whether it is still there; else a read from one that is gone waits for ever. How often:
// keep_alive_idle: SO_KEEPALIVE.
struct keep_alive : flag_option<layer::socket, os::options::keep_alive> {};
// Room for what was received. The kernel doubles what is asked for its own bookkeeping, from 2,304 to twice
// `net.core.rmem_max`, and reads back the doubled number: 4080 gives 8160. SO_RCVBUF.
struct receive_buffer_size : size_option<layer::socket, os::options::receive_buffer_size> {};
// Room for what is to be sent. Doubled like receive_buffer_size, from 4,608 to twice `net.core.wmem_max`: SO_SNDBUF.
struct send_buffer_size : size_option<layer::socket, os::options::send_buffer_size> {};
// The same past rmem_max, with the privilege CAP_NET_ADMIN: SO_RCVBUFFORCE.
struct force_receive_buffer_size
    : number_command<layer::socket, os::options::force_receive_buffer_size, std::size_t> {};
// The same past wmem_max, with the privilege CAP_NET_ADMIN: SO_SNDBUFFORCE.
struct force_send_buffer_size : number_command<layer::socket, os::options::force_send_buffer_size, std::size_t> {};
// Which buffers keep the size that they were given, instead of growing with the connection. A set of buffer_side:
// SO_BUF_LOCK.
struct buffer_lock : choice_option<layer::socket, os::options::buffer_lock, buffer_side> {};
// Memory that the socket keeps for itself, even under pressure: SO_RESERVE_MEM.
struct reserved_memory : size_option<layer::socket, os::options::reserved_memory> {};
// How many bytes must have come before the socket is readable: SO_RCVLOWAT.
struct receive_low_water_mark : size_option<layer::socket, os::options::receive_low_water_mark> {};
// How much room makes a socket writable: 1 on Linux, always: SO_SNDLOWAT.
struct send_low_water_mark : number_status<layer::socket, os::options::send_low_water_mark> {};
// What close() does with bytes that are not sent yet: SO_LINGER. Off: it returns at once and the kernel sends them. A span:
// it waits for them that long. Zero: they are thrown away and the peer is told by a reset.
struct linger_on_close {
    using value_type = duration_or_off<std::chrono::seconds>;
    using native_type = os::linger_value;
    static constexpr auto belongs_to = layer::socket;
    static constexpr auto name = os::options::linger_on_close;

    value_type value;

    [[nodiscard]] constexpr result<native_type> to_native() const noexcept {
        using number = decltype(native_type::seconds);
        auto span = value.value().count();
        if (span < 0) return failure(verb::set, std::errc::invalid_argument);
        auto seconds = number_option<layer::socket, os::no_option, decltype(span), number>{span}.to_native();
        return native_type{!value.is_off(), seconds};
    }
    [[nodiscard]] static constexpr value_type from_native(native_type native) noexcept {
        return native.on ? value_type(std::chrono::seconds(native.seconds)) : value_type(off);
    }
};
// Lets datagrams go to a broadcast address. Without it sending to one is permission_denied: SO_BROADCAST.
struct broadcast : flag_option<layer::datagram, os::options::broadcast> {};
// Sends only to hosts on the same link, past the routing table: SO_DONTROUTE.
struct do_not_route : flag_option<layer::socket, os::options::do_not_route> {};
// Receives and sends on one interface alone, by its name; "" is any. Errors: no_such_device: SO_BINDTODEVICE.
struct bind_to_device : text_option<layer::socket, os::options::bind_to_device> {};
// The same by the number of the interface; 0 is any: SO_BINDTOIFINDEX.
struct bind_to_interface : number_option<layer::socket, os::options::bind_to_interface> {};
// A number for the rules of routing and firewall. Needs CAP_NET_ADMIN: SO_MARK.
struct mark : number_option<layer::socket, os::options::mark, std::uint32_t, std::uint32_t> {};
// Hands over the mark with every datagram, as a control message: SO_RCVMARK.
struct receive_mark : flag_option<layer::socket, os::options::receive_mark> {};
// The queue that packets stand in: 0 to 6, above with CAP_NET_ADMIN: SO_PRIORITY.
struct priority : number_option<layer::socket, os::options::priority> {};
// Hands over the priority with every datagram, as a control message: SO_RCVPRIORITY.
struct receive_priority : flag_option<layer::socket, os::options::receive_priority> {};
// Bytes a second at most; the greatest number is no limit: SO_MAX_PACING_RATE.
struct pacing_rate_limit
    : number_option<layer::socket, os::options::pacing_rate_limit, unsigned long, unsigned long> {};
// Looks for another path when the connection seems stuck: SO_TXREHASH.
struct rehash_when_stuck : flag_option<layer::socket, os::options::rehash_when_stuck> {};
// Tells the kernel that this path seems dead, so that it looks for another: SO_CNX_ADVICE.
struct distrust_route : flag_command<layer::socket, os::options::distrust_route> {};
// The CPU that packets come in on, -1 before the first; of sockets that share a port, the one set to it is preferred:
// SO_INCOMING_CPU.
struct incoming_cpu : number_option<layer::socket, os::options::incoming_cpu, int> {};
// The number of the device queue that the last packet came from; 0 where there is none: SO_INCOMING_NAPI_ID.
struct incoming_queue : number_status<layer::socket, os::options::incoming_queue> {};
// How long a waiting receive polls the device itself, before it sleeps: SO_BUSY_POLL.
struct busy_poll : limit_option<layer::socket, os::options::busy_poll, std::chrono::microseconds> {};
// Keeps the device silent while the program polls often enough: SO_PREFER_BUSY_POLL.
struct prefer_busy_poll : flag_option<layer::socket, os::options::prefer_busy_poll> {};
// How many packets one round of busy polling takes at most: SO_BUSY_POLL_BUDGET.
struct busy_poll_budget : number_option<layer::socket, os::options::busy_poll_budget> {};
// Leaves urgent bytes in the stream, where RFC 6093 section 3 says they belong: SO_OOBINLINE.
struct urgent_inline : flag_option<layer::socket, os::options::urgent_inline> {};
// Allows sends that lend the buffer to the kernel until an event of the error queue (MSG_ZEROCOPY): SO_ZEROCOPY.
struct zero_copy : flag_option<layer::socket, os::options::zero_copy> {};
// Hands over with every datagram how many were dropped before it, as a control message. The number alone: memory_use:
// SO_RXQ_OVFL.
struct receive_overflow_count : flag_option<layer::socket, os::options::receive_overflow_count> {};
// Hands over the time of arrival with every datagram, as a control message: SO_TIMESTAMP.
struct receive_time_in_microseconds : flag_option<layer::socket, os::options::receive_time_in_microseconds> {};
// The same, finer: SO_TIMESTAMPNS.
struct receive_time_in_nanoseconds : flag_option<layer::socket, os::options::receive_time_in_nanoseconds> {};
// Which moments of a packet are recorded, and by whom. A set of timestamp_kind: SO_TIMESTAMPING.
struct timestamping : choice_option<layer::socket, os::options::timestamping, timestamp_kind> {};
// Hands over whether a wireless frame was acknowledged, as a control message: SO_WIFI_STATUS.
struct receive_wifi_status : flag_option<layer::socket, os::options::receive_wifi_status> {};
// Makes an entry of the error queue count as POLLPRI too: SO_SELECT_ERR_QUEUE.
struct error_queue_is_priority : flag_option<layer::socket, os::options::error_queue_is_priority> {};
// The memory of a socket and what it lost: SO_MEMINFO.
struct memory_use {
    using value_type = memory_use;
    using native_type = std::array<std::uint32_t, 9>;
    static constexpr auto belongs_to = layer::socket;
    static constexpr auto name = os::options::memory_use;

    std::uint32_t receive_bytes = 0, receive_limit = 0, send_bytes = 0, send_limit = 0;    // with the kernel's own share
    std::uint32_t reserved_bytes = 0, queued_bytes = 0, option_bytes = 0, backlog_bytes = 0;
    std::uint32_t drops = 0;    // what arrived while the receive buffer was full, and is gone

    [[nodiscard]] static constexpr memory_use from_native(const native_type& n) noexcept {
        return {n[0], n[1], n[2], n[3], n[4], n[5], n[6], n[7], n[8]};
    }
};
// The number of the socket's type: SO_TYPE.
struct type_number : number_status<layer::socket, os::options::type_number, int> {};
// The number of the socket's address family: SO_DOMAIN.
struct family_number : number_status<layer::socket, os::options::family_number, int> {};
// The number of the socket's protocol: SO_PROTOCOL.
struct protocol_number : number_status<layer::socket, os::options::protocol_number, int> {};
// Whether the socket listens: SO_ACCEPTCONN.
struct accepting : flag_status<layer::socket, os::options::accepting> {};
// A number that no other socket of this machine had or will have: SO_COOKIE.
struct socket_cookie : number_status<layer::socket, os::options::socket_cookie, std::uint64_t, std::uint64_t> {};
// A number for the network namespace that the socket is in: SO_NETNS_COOKIE.
struct network_cookie : number_status<layer::socket, os::options::network_cookie, std::uint64_t, std::uint64_t> {};
// Sends frames without the check sequence at their end, which the program has written: SO_NOFCS.
struct no_frame_check : flag_option<layer::packet, os::options::no_frame_check> {};

}  // namespace plumb
