// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/os/persist.hpp>
#include <plumb/socket/protocol.hpp>

// Connecting, with everything that can come between the call and the connection.

namespace plumb::inline v0_1::detail {

// Waits for a connection that goes on behind the scenes, and takes its outcome.
template <class System>
[[nodiscard]] result<void> finish_connect(os::handle socket, const patience& limits) {
    if (auto ready = os::await<System>(verb::connect, socket, os::interest::writable, limits); !ready) return ready;
    return System::take_error(socket);
}

// Whether the kernel joined a socket with itself: nobody listens at a port of the ephemeral range, and the port chosen for
// our end was that very one. RFC 9293 section 3.5 allows it (simultaneous open); nobody wants it.
template <class P>
[[nodiscard]] bool reached_itself(os::handle socket, const typename P::endpoint_type& to) {
    if constexpr (stream_protocol<P> && stands_on<P, layer::ip>) {
        if (to.port().is_reserved()) return false;
        auto ours = P::system::template local<socket_address<typename P::endpoint_type>>(socket);
        return ours && *ours == to;
    } else {
        return false;
    }
}

// Whether nothing can be there: every interface is no destination, and port 0 no port.
template <class P>
[[nodiscard]] bool is_no_destination(const typename P::endpoint_type& to) noexcept {
    if constexpr (stands_on<P, layer::ip>)
        return to.address().is_unspecified() || (!stands_on<P, layer::icmp> && to.port().number() == 0);
    else return false;
}

// Connects an open socket.
template <class P>
[[nodiscard]] result<void> connect(os::handle socket, const typename P::endpoint_type& to, os::waiting waits,
                                   const patience& limits) {
    using system = typename P::system;
    if (is_no_destination<P>(to)) return failure(verb::connect, std::errc::address_not_available);
    auto native = to_sockaddr(to);
    if (!native) return failure(native.error().during(verb::connect));
    for (int tries = 0;; ++tries) {
        auto outcome = system::connect(socket, *native, waits);
        if (!outcome && outcome.error() == std::errc::operation_in_progress) {
            outcome = finish_connect<system>(socket, limits);
        } else if (!outcome && outcome.error() == std::errc::interrupted) {
            // TCP goes on connecting, and must not be asked again as if new; a local socket has not begun.
            outcome = finish_connect<system>(socket, limits);
            if (outcome && !system::template remote<socket_address<typename P::endpoint_type>>(socket)) continue;
        } else if (!outcome && outcome.error() == std::errc::resource_unavailable_try_again) {
            if constexpr (!stands_on<P, layer::local>) return failure(verb::connect, std::errc::address_not_available);
            // A local listener's queue is full, and nothing tells when it is no longer.
            if (auto still = os::check<system>(verb::connect, limits); !still) return still;
            os::doze<system>(std::chrono::milliseconds(1 << least(tries, 4)), limits);
            continue;
        }
        if (outcome && reached_itself<P>(socket, to)) return failure(verb::connect, condition::self_connected);
        return outcome;
    }
}

}  // namespace plumb::detail
