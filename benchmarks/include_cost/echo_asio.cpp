// SPDX-License-Identifier: BSL-1.0
// The README's echo server on Asio.
#include <asio.hpp>

#include <array>
#include <cstddef>

int main() {
    asio::io_context context;
    asio::ip::tcp::acceptor server(context, {asio::ip::tcp::v4(), 7777});
    for (;;) {
        auto peer = server.accept();
        std::array<std::byte, 4096> buffer;
        for (;;) {
            asio::error_code error;
            auto size = peer.read_some(asio::buffer(buffer), error);
            if (error == asio::error::eof) break;
            if (error) throw asio::system_error(error);
            asio::write(peer, asio::buffer(buffer, size));
        }
    }
}
