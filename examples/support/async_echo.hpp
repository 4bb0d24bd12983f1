// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/loop.hpp>
#include <plumb/socket.hpp>

// The handler of event-driven servers: that of the others, with co_await before what waits.

namespace program {

// Sends back everything that a client says, until it has said all. One that says nothing holds no buffer.
inline plumb::task<plumb::result<void>> async_echo(plumb::tcp::async_socket peer) {
    for (;;) {
        auto chunk = co_await peer.receive();
        if (!chunk) co_return plumb::failure(chunk.error());
        if (chunk->empty()) co_return plumb::result<void>();
        if (auto sent = co_await peer.write_all(*chunk); !sent) co_return sent;
    }
}

}  // namespace program
