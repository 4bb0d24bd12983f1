// SPDX-License-Identifier: BSL-1.0
#include "subjects.h"

#if __has_include(<asio.hpp>)
#ifndef ASIO_STANDALONE
#define ASIO_STANDALONE
#endif
#include <asio.hpp>

#include <array>
#include <cstddef>

// The echo servers on Asio's blocking sockets.

namespace {

void echo(auto& acceptor) {
    auto peer = acceptor.accept();
    std::array<std::byte, echo_room> buffer;
    for (;;) {
        asio::error_code error;
        auto size = peer.read_some(asio::buffer(buffer), error);
        if (error == asio::error::eof) return;
        if (error) throw asio::system_error(error);
        asio::write(peer, asio::buffer(buffer, size));
    }
}

void tcp_server(echo_ready ready, const char*) {
    asio::io_context context;
    asio::ip::tcp::acceptor acceptor(context, {asio::ip::address_v4::loopback(), 0});
    ready(acceptor.local_endpoint().port());
    echo(acceptor);
}

void udp_server(echo_ready ready, const char*) {
    asio::io_context context;
    asio::ip::udp::socket socket(context, {asio::ip::address_v4::loopback(), 0});
    ready(socket.local_endpoint().port());
    std::array<std::byte, echo_room> buffer;
    for (;;) {
        asio::ip::udp::endpoint sender;
        auto size = socket.receive_from(asio::buffer(buffer), sender);
        if (size == 0) return;
        socket.send_to(asio::buffer(buffer, size), sender);
    }
}

void local_server(echo_ready ready, const char* path) {
    asio::io_context context;
    asio::local::stream_protocol::acceptor acceptor(context, asio::local::stream_protocol::endpoint(path));
    ready(0);
    echo(acceptor);
}

}  // namespace

extern "C" const echo_subject subject_asio = {"Asio", {tcp_server, udp_server, local_server}};
#else
extern "C" const echo_subject subject_asio = {"Asio", {}};
#endif
