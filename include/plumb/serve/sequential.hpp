// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/serve/handle.hpp>
#include <plumb/serve/intake.hpp>

// The plain server: one connection at a time. The others wait in the acceptor's queue.

namespace plumb::inline v0_1::serve {

struct sequential_options {
    std::uint64_t end_after = unlimited;    // ends by itself after so many connections
    stop_token stop{};                      // ends it between two connections, and is what the handler gets
    serve::observer observer{};
};

// Serves connections in the calling thread, one after the other, until a stop, and says how it ended.
// The handler takes the socket by value, and the stop_token as well if it likes, for its own waits: there is no drain. It gives
// nothing or a result: what it gives or throws ends its connection alone.
// A shortage of descriptors or memory is told to the observer and waited out, with pauses from 5 ms to 1 s.
// Errors: bad_file_descriptor, not_a_socket: the acceptor is none.
// Calls: those of acceptor::accept with a stop.
template <class P, class Handler>
[[nodiscard]] result<report> sequential(acceptor<P>& server, Handler handler, const sequential_options& options = {}) {
    detail::server_book<P> told(options.observer);
    detail::server_intake<P> intake(server, options.stop, options.end_after, told);
    for (;;) {
        auto peer = intake.next();
        if (!peer) return intake.closed(peer.error());
        detail::serve_here(handler, *std::move(peer), told, options.stop);
    }
}

}  // namespace plumb::serve
