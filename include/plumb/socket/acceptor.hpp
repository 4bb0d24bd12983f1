// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/socket/record_socket.hpp>
#include <plumb/socket/stream_socket.hpp>

// What connections come in at.

namespace plumb::inline v0_1 {

// A connection that has come in, and the address that accepting it told.
template <class P>
struct accepted {
    plumb::socket<P> socket;
    socket_address<typename P::endpoint_type> peer;
};

namespace detail {

// Errors of a connection that is no more, not of the acceptor: accept(2), "Error handling".
[[nodiscard]] inline bool broke_before(error cause) noexcept {
    constexpr std::errc passing[] = {std::errc::connection_aborted,  std::errc::connection_reset,
                                     std::errc::protocol_error,      std::errc::network_down,
                                     std::errc::network_unreachable, std::errc::host_unreachable,
                                     std::errc::no_protocol_option};
    for (auto one : passing)
        if (cause == one) return true;
    return false;
}

// Accepts the next connection that is still one. An acceptor that was shut down says condition::cancelled.
template <class P>
[[nodiscard]] auto accept_once(os::handle from, os::waiting waits, socket_address<typename P::endpoint_type>* peer)
    -> decltype(P::system::accept(from, waits, peer)) {
    for (;;) {
        if (peer) *peer->size_pointer() = sizeof(typename socket_address<typename P::endpoint_type>::storage);
        auto made = P::system::accept(from, waits, peer);
        if (made) [[likely]] return made;
        if (made.error() == std::errc::invalid_argument) return failure(verb::accept, condition::cancelled);
        if (!broke_before(made.error())) return made;
    }
}

// Whether an acceptor has been shut down, known without accepting: it is ready to be written at no other time.
template <class P>
[[nodiscard]] bool is_shut_down(os::handle acceptor) {
    os::watch one{.target = acceptor, .awaited = os::interest::writable};
    (void)P::system::wait({&one, 1}, instant(), nullptr);
    return one.ended;
}

}  // namespace detail

// A socket that listens. It accepts connections, and can neither read nor write.
// Threads: any number that accept.
template <class P>
class acceptor : public detail::socket_handle<P> {
    static_assert(connection_protocol<P>, "a datagram protocol has no connections to listen for");
    using base = detail::socket_handle<P>;

public:
    using typename base::endpoint_type;
    using typename base::system;

    acceptor() = default;
    explicit acceptor(detail::fresh made) noexcept : base(made) {}

    // Waits for the next connection. Connections that broke before they were accepted are passed over.
    // Errors: too_many_files_open (the connection stays in the queue: close something, or wait, before trying again),
    // condition::cancelled also when the acceptor was shut down.
    // Calls: accept4(SOCK_CLOEXEC) · accept; with limits also fcntl and poll.
    [[nodiscard]] result<socket<P>> accept(const limit auto&... limits) {
        auto made = next(nullptr, limits...);
        if (!made) return failure(made.error());
        return socket<P>(detail::fresh{*made});
    }

    // The same, and whom it is from: known even when the peer has already gone.
    [[nodiscard]] result<accepted<P>> accept_from(const limit auto&... limits) {
        socket_address<endpoint_type> peer;
        auto made = next(&peer, limits...);
        if (!made) return failure(made.error());
        return accepted<P>{socket<P>(detail::fresh{*made}), peer};
    }

    // Ends listening: whoever waits in accept, in any thread, gets condition::cancelled. Not on Windows, which knows no such thing:
    // end the waits by a stop there.
    // Errors: not_connected on Windows.
    // Calls: shutdown.
    [[nodiscard]] result<void> shutdown() { return system::shutdown(this->native_handle(), direction::both); }

    // Makes another owner of the same acceptor.
    [[nodiscard]] result<acceptor> duplicate() const { return this->template duplicated<acceptor>(); }

private:
    [[nodiscard]] auto next(socket_address<endpoint_type>* peer, const limit auto&... limits) {
        auto attempt = [&](os::waiting waits) { return detail::accept_once<P>(this->native_handle(), waits, peer); };
        return os::persist<system>(verb::accept, this->native_handle(), os::interest::readable, attempt, limits...);
    }
};

}  // namespace plumb
