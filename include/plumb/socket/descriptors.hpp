// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/os/passing.hpp>
#include <plumb/socket/peer_handle.hpp>
#include <plumb/socket/received.hpp>
#include <plumb/stream/stream.hpp>

#include <initializer_list>
#include <span>

// What local sockets can do beside all others: pass descriptors to the process at the other end.

namespace plumb::inline v0_1::detail {

template <class P>
class passing_handle : public peer_handle<P> {
    using base = peer_handle<P>;

public:
    using typename base::system;

    // Sends all of the bytes, and with the first of them descriptors of whatever has a native handle: a socket, an acceptor, a
    // pipe, a file. The other end gets duplicates, once it receives them. Ours stay ours, and may be closed at once.
    // A socket of messages sends one message, to the peer that it is connected to. At most 253 descriptors go at a time.
    // Errors: as send, of a stream with the count of bytes that were taken as their detail: with any byte went the descriptors;
    // invalid_argument for too many, and without a byte, but in a datagram; bad_file_descriptor when one of them is closed;
    // "Too many references" (ETOOMANYREFS) when nobody receives what was sent.
    // Calls: sendmsg(SCM_RIGHTS). Absent on Windows. Source: unix(7).
    [[nodiscard]] result<void> send_descriptors(bytes from, std::span<const borrowed_handle> passed, const limit auto&... limits) {
        if (connection_protocol<P> && from.empty()) return failure(verb::send, std::errc::invalid_argument);
        auto send = [&](std::size_t done, std::size_t left, const auto&... settled) {
            auto together = done == 0 ? passed : std::span<const borrowed_handle>();
            auto attempt = [&](os::waiting waits) {
                return system::send_descriptors(this->handle(), bytes(from.data() + done, left), together, waits);
            };
            return os::persist<system>(verb::send, this->handle(), os::interest::writable, attempt, settled...);
        };
        if constexpr (stream_protocol<P>) return move_all<base>(verb::send, from.size(), send, limits...);
        auto sent = send(0, from.size(), limits...);
        if (!sent) return failure(sent.error());
        return {};
    }
    [[nodiscard]] result<void> send_descriptors(bytes from, std::initializer_list<borrowed_handle> passed, const limit auto&... limits) {
        return send_descriptors(from, std::span(passed.begin(), passed.size()), limits...);
    }

    // Receives some bytes, or one message, and the descriptors that came with them into the first places of the room. The others are
    // empty then, and all are when none came. Which of them is what only take() knows: room[0].take<tcp::socket>().
    // Descriptors arrive with the first byte they were sent with, of a stream maybe behind bytes that were sent before; a plain read
    // or receive discards them. A size of 0 is the end, but of datagrams.
    // Errors: as receive; condition::truncated when more came than there is room for, or than this process may have open. What was
    // received is lost then, bytes and all, and nothing of it is open.
    // Calls: recvmsg(MSG_CMSG_CLOEXEC). Absent on Windows. Source: unix(7).
    [[nodiscard]] result<received> receive_descriptors(mutable_bytes into, std::span<descriptor> room, const limit auto&... limits) {
        auto attempt = [&](os::waiting waits) { return system::receive_descriptors(this->handle(), into, room, waits); };
        return arrival(os::persist<system>(verb::receive, this->handle(), os::interest::readable, attempt, limits...), into.size());
    }

protected:
    using base::base;
};

}  // namespace plumb::detail
