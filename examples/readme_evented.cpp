// SPDX-License-Identifier: BSL-1.0
#include <plumb/loop.hpp>
#include <plumb/plumb.hpp>
#include <plumb/serve/evented.hpp>
using namespace plumb;

task<> async_echo(tcp::async_socket peer) {
    while (auto chunk = co_await peer.receive())                       // a lent buffer: an idle connection holds no memory
        if (chunk->empty() || !co_await peer.write_all(*chunk)) break;
}

int main() {                                                           // TCP echo, all clients in one thread
    loop loop;                                                         // io_uring where the kernel allows it, else epoll, else poll
    auto server = tcp::listen(loop, {ipv4_address::any(), 7777}).value();
    must(loop.run(serve::evented(loop, server, async_echo)));
}
