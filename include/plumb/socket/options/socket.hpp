// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/core/deadline.hpp>
#include <plumb/socket/option.hpp>

#include <array>
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

// SO_REUSEADDR: takes a port back at once after a restart, in spite of connections in TIME_WAIT. Acceptors on POSIX
// set it always.
struct reuse_address : flag_option<layer::socket, os::options::reuse_address> {};
// SO_REUSEPORT: shares a port with other sockets of the same user that set it too: the kernel spreads what comes in
// among them.
struct reuse_port : flag_option<layer::socket, os::options::reuse_port> {};
// SO_KEEPALIVE: asks an idle peer whether it is still there; else a read from one that is gone waits for ever. How
// often: keep_alive_idle.
struct keep_alive : flag_option<layer::socket, os::options::keep_alive> {};
// SO_RCVBUF: room for what was received. The kernel doubles what is asked for its own bookkeeping, from 2,304 to
// twice `net.core.rmem_max`, and reads back the doubled number: 4080 gives 8160.
struct receive_buffer_size : size_option<layer::socket, os::options::receive_buffer_size> {};
// SO_SNDBUF: room for what is to be sent. Doubled like receive_buffer_size, from 4,608 to twice `net.core.wmem_max`.
struct send_buffer_size : size_option<layer::socket, os::options::send_buffer_size> {};
// SO_RCVBUFFORCE: the same past rmem_max, with the privilege CAP_NET_ADMIN.
struct force_receive_buffer_size
    : number_command<layer::socket, os::options::force_receive_buffer_size, std::size_t> {};
// SO_SNDBUFFORCE: the same past wmem_max, with the privilege CAP_NET_ADMIN.
struct force_send_buffer_size : number_command<layer::socket, os::options::force_send_buffer_size, std::size_t> {};
// SO_BUF_LOCK: which buffers keep the size that they were given, instead of growing with the connection. A set of
// buffer_side.
struct buffer_lock : choice_option<layer::socket, os::options::buffer_lock, buffer_side> {};
// SO_RESERVE_MEM: memory that the socket keeps for itself, even under pressure.
struct reserved_memory : size_option<layer::socket, os::options::reserved_memory> {};
// SO_RCVLOWAT: how many bytes must have come before the socket is readable.
struct receive_low_water_mark : size_option<layer::socket, os::options::receive_low_water_mark> {};
// SO_SNDLOWAT: how much room makes a socket writable: 1 on Linux, always.
struct send_low_water_mark : number_status<layer::socket, os::options::send_low_water_mark> {};

// SO_LINGER: what close() does with bytes that are not sent yet. Off: it returns at once and the kernel sends them. A
// span: it waits for them that long. Zero: they are thrown away and the peer is told by a reset.
struct linger_on_close {
    using value_type = duration_or_off<std::chrono::seconds>;
    using native_type = os::linger_value;
    static constexpr auto belongs_to = layer::socket;
    static constexpr auto name = os::options::linger_on_close;

    value_type value;

    [[nodiscard]] constexpr os::answer<native_type> to_native() const noexcept {
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

// SO_BROADCAST: lets datagrams go to a broadcast address. Without it sending to one is permission_denied.
struct broadcast : flag_option<layer::datagram, os::options::broadcast> {};
// SO_DONTROUTE: sends only to hosts on the same link, past the routing table.
struct do_not_route : flag_option<layer::socket, os::options::do_not_route> {};
// SO_BINDTODEVICE: receives and sends on one interface alone, by its name; "" is any. Errors: no_such_device.
struct bind_to_device : text_option<layer::socket, os::options::bind_to_device> {};
// SO_BINDTOIFINDEX: the same by the number of the interface; 0 is any.
struct bind_to_interface : number_option<layer::socket, os::options::bind_to_interface> {};
// SO_MARK: a number for the rules of routing and firewall. Needs CAP_NET_ADMIN.
struct mark : number_option<layer::socket, os::options::mark, std::uint32_t, std::uint32_t> {};
// SO_RCVMARK: hands over the mark with every datagram, as a control message.
struct receive_mark : flag_option<layer::socket, os::options::receive_mark> {};
// SO_PRIORITY: the queue that packets stand in: 0 to 6, above with CAP_NET_ADMIN.
struct priority : number_option<layer::socket, os::options::priority> {};
// SO_RCVPRIORITY: hands over the priority with every datagram, as a control message.
struct receive_priority : flag_option<layer::socket, os::options::receive_priority> {};
// SO_MAX_PACING_RATE: bytes a second at most; the greatest number is no limit.
struct pacing_rate_limit
    : number_option<layer::socket, os::options::pacing_rate_limit, unsigned long, unsigned long> {};
// SO_TXREHASH: looks for another path when the connection seems stuck.
struct rehash_when_stuck : flag_option<layer::socket, os::options::rehash_when_stuck> {};
// SO_CNX_ADVICE: tells the kernel that this path seems dead, so that it looks for another.
struct distrust_route : flag_command<layer::socket, os::options::distrust_route> {};
// SO_INCOMING_CPU: the CPU that packets come in on, -1 before the first; of sockets that share a port, the one set to
// it is preferred.
struct incoming_cpu : number_option<layer::socket, os::options::incoming_cpu, int> {};
// SO_INCOMING_NAPI_ID: the number of the device queue that the last packet came from; 0 where there is none.
struct incoming_queue : number_status<layer::socket, os::options::incoming_queue> {};
// SO_BUSY_POLL: how long a waiting receive polls the device itself, before it sleeps.
struct busy_poll : limit_option<layer::socket, os::options::busy_poll, std::chrono::microseconds> {};
// SO_PREFER_BUSY_POLL: keeps the device silent while the program polls often enough.
struct prefer_busy_poll : flag_option<layer::socket, os::options::prefer_busy_poll> {};
// SO_BUSY_POLL_BUDGET: how many packets one round of busy polling takes at most.
struct busy_poll_budget : number_command<layer::socket, os::options::busy_poll_budget> {};
// SO_OOBINLINE: leaves urgent bytes in the stream, where RFC 6093 section 3 says they belong.
struct urgent_inline : flag_option<layer::socket, os::options::urgent_inline> {};
// SO_ZEROCOPY: allows sends that lend the buffer to the kernel until an event of the error queue (MSG_ZEROCOPY).
struct zero_copy : flag_option<layer::socket, os::options::zero_copy> {};
// SO_RXQ_OVFL: hands over with every datagram how many were dropped before it, as a control message. The number
// alone: memory_use.
struct receive_overflow_count : flag_option<layer::socket, os::options::receive_overflow_count> {};
// SO_TIMESTAMP: hands over the time of arrival with every datagram, as a control message.
struct receive_time_in_microseconds : flag_option<layer::socket, os::options::receive_time_in_microseconds> {};
// SO_TIMESTAMPNS: the same, finer.
struct receive_time_in_nanoseconds : flag_option<layer::socket, os::options::receive_time_in_nanoseconds> {};
// SO_TIMESTAMPING: which moments of a packet are recorded, and by whom. A set of timestamp_kind.
struct timestamping : choice_option<layer::socket, os::options::timestamping, timestamp_kind> {};
// SO_WIFI_STATUS: hands over whether a wireless frame was acknowledged, as a control message.
struct receive_wifi_status : flag_option<layer::socket, os::options::receive_wifi_status> {};
// SO_SELECT_ERR_QUEUE: makes an entry of the error queue count as POLLPRI too.
struct error_queue_is_priority : flag_option<layer::socket, os::options::error_queue_is_priority> {};

// SO_MEMINFO: the memory of a socket and what it lost.
struct memory_use {
    using value_type = memory_use;
    using native_type = std::array<std::uint32_t, 9>;
    static constexpr auto belongs_to = layer::socket;
    static constexpr auto name = os::options::memory_use;

    // Bytes count with the kernel's own share.
    std::uint32_t receive_bytes = 0, receive_limit = 0, send_bytes = 0, send_limit = 0;
    std::uint32_t reserved_bytes = 0, queued_bytes = 0, option_bytes = 0, backlog_bytes = 0;
    std::uint32_t drops = 0;    // what arrived while the receive buffer was full, and is gone

    [[nodiscard]] static constexpr memory_use from_native(const native_type& n) noexcept {
        return {n[0], n[1], n[2], n[3], n[4], n[5], n[6], n[7], n[8]};
    }
};

// SO_TYPE: the number of the socket's type.
struct type_number : number_status<layer::socket, os::options::type_number, int> {};
// SO_DOMAIN: the number of the socket's address family.
struct family_number : number_status<layer::socket, os::options::family_number, int> {};
// SO_PROTOCOL: the number of the socket's protocol.
struct protocol_number : number_status<layer::socket, os::options::protocol_number, int> {};
// SO_ACCEPTCONN: whether the socket listens.
struct accepting : flag_status<layer::socket, os::options::accepting> {};
// SO_COOKIE: a number that no other socket of this machine had or will have.
struct socket_cookie : number_status<layer::socket, os::options::socket_cookie, std::uint64_t, std::uint64_t> {};
// SO_NETNS_COOKIE: a number for the network namespace that the socket is in.
struct network_cookie : number_status<layer::socket, os::options::network_cookie, std::uint64_t, std::uint64_t> {};
// SO_NOFCS: sends frames without the check sequence at their end, which the program has written.
struct no_frame_check : flag_option<layer::packet, os::options::no_frame_check> {};

}  // namespace plumb
