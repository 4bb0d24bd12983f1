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
class socket<P> : public detail::socket_handle<P> {
    using base = detail::socket_handle<P>;

public:
    using typename base::endpoint_type;
    using typename base::system;

    socket() = default;
    explicit socket(detail::fresh made) noexcept : base(made) {}

    // Connects an open socket. Errors: connection_refused, no_such_file_or_directory, permission_denied. Calls: connect.
    [[nodiscard]] result<void> connect(const endpoint_type& to, const limit auto&... limits) {
        return detail::connect<P>(this->native_handle(), to, sizeof...(limits) == 0 ? os::waiting::yes : os::waiting::no,
                                  os::patience_of<system>(limits...));
    }

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
        if (!size) return failure(size.error());
        return received{detail::least(*size, into.size()), *size, *size > into.size()};
    }

    // Ends one way or both. Calls: shutdown.
    [[nodiscard]] result<void> shutdown(direction half) { return system::shutdown(this->native_handle(), half); }
    // Gives the address at the other end. Calls: getpeername.
    [[nodiscard]] result<endpoint_type> peer_endpoint() const { return this->remote(); }

    // Makes another owner of the same connection.
    [[nodiscard]] result<socket> duplicate() const {
        auto made = system::duplicate(this->native_handle());
        if (!made) return failure(made.error());
        return socket(detail::fresh{*made});
    }
};

}  // namespace plumb
