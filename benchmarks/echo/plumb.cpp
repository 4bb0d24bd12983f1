// SPDX-License-Identifier: BSL-1.0
#include "subjects.h"

#include <plumb/socket.hpp>

// The echo servers on plumb.

namespace {

using namespace plumb;

void echo(auto acceptor) {
    auto peer = acceptor.accept().value();
    std::array<std::byte, echo_room> buffer;
    while (auto size = peer.read(buffer).value())
        peer.write_all(bytes(buffer).first(size)).value();
}

void tcp_server(echo_ready ready, const char*) {
    auto acceptor = tcp::listen({ipv4_address::loopback(), 0}).value();
    ready(acceptor.local_endpoint().value().port().number());
    echo(std::move(acceptor));
}

void udp_server(echo_ready ready, const char*) {
    auto socket = udp::bind({ipv4_address::loopback(), 0}).value();
    ready(socket.local_endpoint().value().port().number());
    std::array<std::byte, echo_room> buffer;
    for (;;) {
        auto letter = socket.receive_from(buffer).value();
        if (letter.size == 0) return;
        socket.send_to(bytes(buffer).first(letter.size), letter.sender).value();
    }
}

void local_server(echo_ready ready, const char* path) {
    auto acceptor = local::stream::listen(local_address::path(path).value()).value();
    ready(0);
    echo(std::move(acceptor));
}

}  // namespace

extern "C" const echo_subject subject_plumb = {"plumb", {tcp_server, udp_server, local_server}};
