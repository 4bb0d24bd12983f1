// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/loop/readiness.hpp>
#include <plumb/loop/task.hpp>
#include <plumb/socket/connect.hpp>

// Connecting without holding up a loop, with everything that can come between the call and the connection.

namespace plumb::inline v0_1::detail {

// Whether a socket that connects has come to an end of it.
template <class System>
[[nodiscard]] bool has_ended_connecting(os::handle socket) {
    for (;;) {
        os::watch one{.target = socket, .awaited = os::interest::writable};
        auto ready = System::wait(std::span(&one, 1), instant(), nullptr);
        if (ready) return *ready > 0;
        if (ready.error() != std::errc::interrupted) return true;
    }
}

// Connects an open socket that is attached. It may be closed meanwhile, and must outlive this.
template <class Socket, limit... Limits>
[[nodiscard]] task<result<void>> connect_attached(Socket& self, typename Socket::endpoint_type to, Limits... limits) {
    using P = typename Socket::protocol;
    using system = typename P::system;
    const auto settled = os::patience_of<system>(limits...);
    if (is_no_destination<P>(to)) co_return failure(verb::connect, std::errc::address_not_available);
    auto native = to_sockaddr(to);
    if (!native) co_return failure(native.error().during(verb::connect));

    auto interrupted = false;
    for (int tries = 0;; ++tries) {
        auto outcome = system::connect(self.native_handle(), *native, os::waiting::no);
        auto goes_on = !outcome && outcome.error() == std::errc::connection_already_in_progress && interrupted;    // it had begun
        if (!outcome && outcome.error() == std::errc::interrupted) {
            interrupted = true;
            continue;
        }
        if (goes_on || (!outcome && outcome.error() == std::errc::operation_in_progress)) {
            do {    // what is told may be of the time before, when the socket was neither connecting nor connected
                auto ended = co_await readiness<system, patience>(self.place(), os::interest::writable, settled);
                if (!ended) co_return failure(ended.error().during(verb::connect));
            } while (!has_ended_connecting<system>(self.native_handle()));
            outcome = system::take_error(self.native_handle());
        } else if (!outcome && outcome.error() == std::errc::resource_unavailable_try_again) {
            if constexpr (!stands_on<P, layer::local>) co_return failure(verb::connect, std::errc::address_not_available);
            // A local listener's queue is full, and nothing tells when it is no longer.
            if (auto still = os::check<system>(verb::connect, settled); !still) co_return still;
            auto slept = co_await doze(*self.place().loop, std::chrono::milliseconds(1 << least(tries, 4)), settled);
            if (!slept) co_return failure(slept.error().during(verb::connect));
            continue;
        }
        if (!outcome) co_return outcome;
        if (reached_itself<P>(self.native_handle(), to)) co_return failure(verb::connect, condition::self_connected);
        self.place().known.writing.tell();
        co_return outcome;
    }
}

}  // namespace plumb::detail
