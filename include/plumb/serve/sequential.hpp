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
// The acceptor is lent, and after a stop its queue goes on taking clients in, whom nobody serves; or it is given, by std::move, and
// closed as soon as no more are to come: then clients are refused at once, those in its queue as well.
// A shortage of descriptors or memory is told to the observer and waited out, with pauses from 5 ms to 1 s.
// Errors: bad_file_descriptor, not_a_socket: the acceptor is none.
// Calls: those of acceptor::accept with a stop.
template <detail::serving_acceptor Acceptor, class Handler>
[[nodiscard]] result<report> sequential(Acceptor&& server, Handler handler, const sequential_options& options = {}) {
    using P = detail::protocol_of<Acceptor>;
    detail::server_book<P> told(options.observer);
    detail::server_intake<P> intake(std::forward<Acceptor>(server), options.stop, options.end_after, told);
    for (;;) {
        auto peer = intake.next();
        if (!peer) {
            intake.close();
            return intake.closed(peer.error());
        }
        detail::serve_here(handler, *std::move(peer), told, options.stop);
    }
}

}  // namespace plumb::serve
