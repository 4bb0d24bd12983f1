// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/socket/acceptor.hpp>

// How a server can end a connection whose socket it has given away.

namespace plumb::inline v0_1::detail {

// Remembers a connection without owning it: its handler may close it at any time, and then its handle's number may soon be
// another's. So it is recognised by the system's identity of it, on a handle of our own, before it is shut down. Where the
// system knows no identity, a second handle is held from the start, and the connection ends when both are closed.
template <class P>
class lifeline {
    using system = typename P::system;

public:
    lifeline() = default;

    explicit lifeline(const socket<P>& peer) : handle_(peer.native_handle()) {
        if constexpr (requires { system::identity(handle_); }) {
            if (auto known = system::identity(handle_)) {
                identity_ = *known;
                return;
            }
        }
        if (auto twin = peer.duplicate()) twin_ = *std::move(twin);
    }

    // Shuts the connection down, if it is still there: whoever waits in it sees its end.
    // False when there was no descriptor left to look at it with.
    [[nodiscard]] bool cut() {
        if (twin_.is_open()) return (void)twin_.shutdown(direction::both), true;
        if constexpr (requires { system::identity(handle_); }) {
            auto ours = system::duplicate(handle_);
            if (!ours) return ours.error() == std::errc::bad_file_descriptor;    // closed by its handler
            if (system::identity(*ours) == identity_) (void)system::shutdown(*ours, direction::both);
            system::close(*ours);
            return true;
        } else {
            return false;
        }
    }

private:
    os::handle handle_ = os::none;
    std::uint64_t identity_ = 0;
    socket<P> twin_;
};

}  // namespace plumb::detail
