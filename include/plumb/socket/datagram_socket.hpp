// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/core/least.hpp>
#include <plumb/socket/peer_handle.hpp>
#include <plumb/socket/received.hpp>
#include <plumb/socket/stream_socket.hpp>

// The socket of single messages: udp::socket, local::datagram::socket, and the raw ones.

namespace plumb::inline v0_1 {

// A message that has been received, and whom it came from.
template <class Endpoint>
struct datagram : received {
    socket_address<Endpoint> sender;    // as the kernel wrote it: answer it as it is, or take it as an Endpoint
};

namespace detail {

// The bytes that there is room for.
[[nodiscard]] inline std::size_t room_of(mutable_bytes buffer) noexcept { return buffer.size(); }
[[nodiscard]] inline std::size_t room_of(os::slice<const mutable_bytes> buffers) noexcept {
    std::size_t sum = 0;
    for (auto& buffer : buffers) sum += buffer.size();
    return sum;
}

// Why a message was not sent. A socket without a port that "would block" is one that no port could be found for: ip(7),
// "ERRORS", EAGAIN.
template <class P>
[[nodiscard, gnu::noinline, gnu::cold]] result<std::size_t> explained(error cause, os::handle from) {
    if constexpr (requires(const typename P::endpoint_type& end) { end.port(); }) {
        if (cause == std::errc::resource_unavailable_try_again)
            if (auto native = P::system::template local<socket_address<typename P::endpoint_type>>(from))
                if (auto ours = from_sockaddr(*native); ours && ours->port().number() == 0)
                    return failure(verb::send, std::errc::address_not_available);
    }
    return failure(cause);
}

}  // namespace detail

// A socket that sends and receives messages whole. One that connect() has been called on talks to that peer alone.
// Threads: any number that send and receive.
template <class P>
    requires datagram_protocol<P>
class socket<P> : public detail::peer_of<P> {
    using base = detail::peer_of<P>;

public:
    using typename base::endpoint_type;
    using typename base::system;
    using address_type = socket_address<endpoint_type>;

    socket() = default;
    explicit socket(detail::fresh made) noexcept : base(made) {}

    // Sends one message to an address. The first one binds a port.
    // Errors: message_size when it is too large for the protocol; connection_refused from an earlier message of a connected
    // socket; address_not_available when there is no port left to bind.
    // Calls: sendto; if_nametoindex before it when the address has a scope by name.
    [[nodiscard]] result<std::size_t> send_to(bytes from, const endpoint_type& to, const limit auto&... limits) {
        auto native = to_sockaddr(to);
        if (!native) return failure(native.error().during(verb::send));
        return transmit(&*native, from, limits...);
    }
    // Sends one message to where another came from.
    // The address comes by value: what it is copied from need not lie in memory then, and the copy is none.
    [[nodiscard]] inline result<std::size_t> send_to(bytes from, address_type to, const limit auto&... limits) {
        return transmit(&to, from, limits...);
    }
    // Sends one message gathered from several buffers.
    // Calls: sendmsg · WSASendTo.
    [[nodiscard]] result<std::size_t> send_to(os::slice<const bytes> from, const endpoint_type& to, const limit auto&... limits) {
        auto native = to_sockaddr(to);
        if (!native) return failure(native.error().during(verb::send));
        return transmit(&*native, from, limits...);
    }

    // Sends one message to the connected peer.
    // Errors: connection_refused when nobody had the port that an earlier message was for; the socket stays usable.
    // Calls: sendto.
    [[nodiscard]] result<std::size_t> send(bytes from, const limit auto&... limits) { return transmit(nobody, from, limits...); }
    [[nodiscard]] result<std::size_t> send(os::slice<const bytes> from, const limit auto&... limits) {
        return transmit(nobody, from, limits...);
    }

    // Receives one message and its sender. What does not fit is lost, and the result says so.
    // Errors: connection_refused on a connected socket when its peer has no such port; the socket stays usable.
    // Calls: recvfrom(MSG_TRUNC) · recvfrom. Source: RFC 768; udp(7).
    [[nodiscard]] inline result<datagram<endpoint_type>> receive_from(mutable_bytes into, const limit auto&... limits) {
        return receive_with_sender(into, into.size(), limits...);
    }
    // Receives one message into several buffers in turn.
    // Calls: recvmsg · WSARecvFrom.
    [[nodiscard]] result<datagram<endpoint_type>> receive_from(os::slice<const mutable_bytes> into, const limit auto&... limits) {
        return receive_with_sender(into, detail::room_of(into), limits...);
    }

    // Receives one message without asking whom it is from.
    [[nodiscard]] result<received> receive(mutable_bytes into, const limit auto&... limits) {
        return detail::arrival(accept_one(no_sender, into, limits...), into.size());
    }
    [[nodiscard]] result<received> receive(os::slice<const mutable_bytes> into, const limit auto&... limits) {
        return detail::arrival(accept_one(no_sender, into, limits...), detail::room_of(into));
    }

    // Makes another owner of the same socket.
    [[nodiscard]] result<socket> duplicate() const { return this->template duplicated<socket>(); }

private:
    static constexpr const address_type* nobody = nullptr;
    static constexpr address_type* no_sender = nullptr;

    [[nodiscard]] inline result<datagram<endpoint_type>> receive_with_sender(auto into, std::size_t room, const limit auto&... limits) {
        address_type sender;
        auto arrived = detail::arrival(accept_one(&sender, into, limits...), room);
        if (!arrived) [[unlikely]] return failure(arrived.error());
        return datagram<endpoint_type>{*arrived, sender};
    }

    [[nodiscard]] inline result<std::size_t> accept_one(address_type* sender, auto into, const limit auto&... limits) {
        auto attempt = [this, sender, into](os::waiting waits) {
            return system::receive_from(this->handle(), sender, into, waits);
        };
        return os::persist<system>(verb::receive, this->handle(), os::interest::readable, attempt, limits...);
    }

    [[nodiscard]] inline result<std::size_t> transmit(const address_type* to, auto from, const limit auto&... limits) {
        auto attempt = [this, to, from](os::waiting waits) {
            auto sent = system::send_to(this->handle(), to, from, waits);
            if (sent) [[likely]] return sent;
            return detail::explained<P>(sent.error(), this->handle());
        };
        return os::persist<system>(verb::send, this->handle(), os::interest::writable, attempt, limits...);
    }
};

}  // namespace plumb
