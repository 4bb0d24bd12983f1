// SPDX-License-Identifier: BSL-1.0
#include "subject.h"

#if __has_include(<asio.hpp>)
#ifndef ASIO_STANDALONE
#define ASIO_STANDALONE
#endif
#include <asio.hpp>

#include <array>
#include <cstddef>
#include <memory>

// The echo server on Asio's callbacks: a session that its own operations keep alive. The loop is told that no other thread
// will ever touch it.

namespace {

class session : public std::enable_shared_from_this<session> {
public:
    explicit session(asio::ip::tcp::socket peer) : peer_(std::move(peer)) {}

    void read() {
        peer_.async_read_some(asio::buffer(buffer_), [self = shared_from_this()](asio::error_code error, std::size_t size) {
            if (!error) self->write(size);
        });
    }

private:
    void write(std::size_t size) {
        asio::async_write(peer_, asio::buffer(buffer_, size), [self = shared_from_this()](asio::error_code error, std::size_t) {
            if (!error) self->read();
        });
    }

    asio::ip::tcp::socket peer_;
    std::array<std::byte, echo_room> buffer_;
};

void accept(asio::ip::tcp::acceptor& acceptor) {
    acceptor.async_accept([&acceptor](asio::error_code error, asio::ip::tcp::socket peer) {
        if (!error) {
            peer.set_option(asio::ip::tcp::no_delay(true), error);
            std::make_shared<session>(std::move(peer))->read();
        }
        accept(acceptor);
    });
}

void serve(echo_ready ready) {
    asio::io_context context(ASIO_CONCURRENCY_HINT_UNSAFE);
    asio::ip::tcp::acceptor acceptor(context, {asio::ip::address_v4::loopback(), 0});
    ready(acceptor.local_endpoint().port());
    accept(acceptor);
    context.run();
}

}  // namespace

extern "C" const evented_subject subject_asio_callbacks = {"Asio", serve, nullptr};
#else
extern "C" const evented_subject subject_asio_callbacks = {"Asio", nullptr, "libasio-dev"};
#endif
