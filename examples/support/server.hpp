// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "program.hpp"

// What the examples that serve many clients share.

namespace program {

// Listens at a place and says where, as the first line of the output.
[[nodiscard]] inline plumb::tcp::acceptor listen_at(const plumb::endpoint& wanted) {
    auto server = require(plumb::tcp::listen(wanted), to_string(wanted));
    print("listening on " + to_string(server.local_endpoint().value()) + "\n");
    return server;
}

// A stop that Ctrl-C and kill request.
[[nodiscard]] inline plumb::signal_stop stop_on_signals(plumb::stop_source source = {}) {
    using plumb::signal_number;
    return require(plumb::stop_on({signal_number::interrupt, signal_number::terminate}, std::move(source)), "signals");
}

// Says what goes wrong while a server runs.
inline void say_what_goes_wrong(const plumb::serve::event& told) {
    using enum plumb::serve::happening;
    if (told.what != accepted && told.what != ended) say(to_string(told));
}

// How many clients a server is for: --clients=N, or as many as come.
[[nodiscard]] inline std::uint64_t clients_of(arguments& given) {
    constexpr auto always = 0u;
    auto clients = given.number("clients", always);
    return clients == always ? plumb::serve::unlimited : clients;
}

// Sends back everything that a client says, until it has said all.
inline plumb::result<void> echo(plumb::tcp::socket peer) {
    std::array<std::byte, 16 * 1024> buffer;
    for (;;) {
        auto size = peer.read(buffer);
        if (!size) return plumb::failure(size.error());
        if (*size == 0) return {};
        if (auto sent = peer.write_all(plumb::bytes(buffer).first(*size)); !sent) return sent;
    }
}

}  // namespace program
