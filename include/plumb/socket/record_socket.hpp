// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/socket/datagram_socket.hpp>

// The socket of a connection that keeps the boundaries of records: local::seqpacket::socket.

namespace plumb::inline v0_1 {

// One end of a connection of records, each sent and received whole.
// The kernel gives 0 for an empty record and for the end alike, so an empty record is refused here and 0 is the end.
// Threads: any number that send and receive.
template <class P>
    requires record_protocol<P>
class socket<P> : public detail::peer_of<P> {
    using base = detail::peer_of<P>;

public:
    using typename base::endpoint_type;
    using typename base::system;

    socket() = default;
    explicit socket(detail::fresh made) noexcept : base(made) {}

    // Sends one record.
    // Errors: invalid_argument for an empty one, message_size, broken_pipe. Calls: sendto(MSG_NOSIGNAL).
    [[nodiscard]] result<std::size_t> send(bytes from, const limit auto&... limits) {
        if (from.empty()) return failure(verb::send, std::errc::invalid_argument);
        return os::persist<system>(
            verb::send, this->native_handle(), os::interest::writable,
            [&](os::waiting waits) {
                return system::send_to(this->native_handle(), static_cast<const socket_address<endpoint_type>*>(nullptr), from, waits);
            },
            limits...);
    }

    // Receives one record. What does not fit is lost, and the result says so. A size of 0 is the end.
    // Calls: recvfrom(MSG_TRUNC).
    [[nodiscard]] result<received> receive(mutable_bytes into, const limit auto&... limits) {
        auto size = os::persist<system>(
            verb::receive, this->native_handle(), os::interest::readable,
            [&](os::waiting waits) {
                return system::receive_from(this->native_handle(), static_cast<socket_address<endpoint_type>*>(nullptr), into, waits);
            },
            limits...);
        return detail::arrival(size, into.size());
    }

    // Makes another owner of the same connection.
    [[nodiscard]] result<socket> duplicate() const { return this->template duplicated<socket>(); }
};

}  // namespace plumb
