// SPDX-License-Identifier: BSL-1.0
#include "subject.h"

#include <plumb/loop.hpp>
#include <plumb/socket.hpp>

// The echo server on plumb's event loop, on each of its drivers.

namespace {

using namespace plumb;

task<> echo(tcp::async_socket peer) {
    while (auto chunk = co_await peer.receive())
        if (chunk->empty() || !co_await peer.write_all(*chunk)) break;
}

task<> accept(loop& in, tcp::async_acceptor& server) {
    scope clients(in);
    for (;;) {
        auto peer = co_await server.accept();
        if (!peer || !peer->set(no_delay{true})) continue;
        clients.spawn(echo(*std::move(peer)));
    }
}

template <driver Driver>
void serve(echo_ready ready) {
    loop loop(Driver);
    auto server = tcp::listen(loop, {ipv4_address::loopback(), 0}).value();
    ready(server.local_endpoint().value().port().number());
    loop.run(accept(loop, server));
}

}  // namespace

extern "C" {
const evented_subject subject_plumb_epoll = {"plumb, epoll", serve<driver::epoll>, nullptr};
const evented_subject subject_plumb_uring = {"plumb, io_uring", serve<driver::uring>, nullptr};
const evented_subject subject_plumb_poll = {"plumb, poll", serve<driver::poll>, nullptr};
}
