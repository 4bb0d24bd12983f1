// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/loop/async_handle.hpp>
#include <plumb/loop/stream_verbs.hpp>

// The awaitable socket of a byte stream: tcp::async_socket, local::stream::async_socket.

namespace plumb::inline v0_1 {

// One end of a connection, with the verbs of the blocking one to be awaited: co_await peer.read(buffer, within(5s)).
// A limit, or a stop of the coroutine's task, ends one operation and leaves the others alone. One coroutine may read while
// another writes.
// Threads: its loop's.
template <class P>
    requires stream_protocol<P>
class async_socket<P> : public detail::async_peer<P>,
                        public async_reader<async_socket<P>, typename P::system>,
                        public async_writer<async_socket<P>, typename P::system> {
public:
    using detail::async_peer<P>::async_peer;
};

}  // namespace plumb
