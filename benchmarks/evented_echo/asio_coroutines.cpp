// SPDX-License-Identifier: BSL-1.0
#include "subject.h"

#if __has_include(<asio.hpp>)
#ifndef ASIO_STANDALONE
#define ASIO_STANDALONE
#endif
#if defined(__clang__) && !defined(ASIO_HAS_CO_AWAIT)    // Asio 1.22 looks for coroutines of the time before C++20 there
#define ASIO_HAS_CO_AWAIT 1
#define ASIO_HAS_STD_COROUTINE 1
#endif
#include <asio.hpp>
#include <asio/experimental/as_tuple.hpp>

#include <array>
#include <cstddef>

// The echo server on Asio's coroutines; errors come as values, as they do in all other subjects.

namespace {

using asio::ip::tcp;
constexpr auto as_values = asio::experimental::as_tuple(asio::use_awaitable);

asio::awaitable<void> echo(tcp::socket peer) {
    std::array<std::byte, echo_room> buffer;
    for (;;) {
        auto [read_error, size] = co_await peer.async_read_some(asio::buffer(buffer), as_values);
        if (read_error) co_return;
        auto [write_error, written] = co_await asio::async_write(peer, asio::buffer(buffer, size), as_values);
        if (write_error) co_return;
    }
}

asio::awaitable<void> accept(tcp::acceptor& acceptor) {
    for (;;) {
        auto [error, peer] = co_await acceptor.async_accept(as_values);
        if (error) continue;
        peer.set_option(tcp::no_delay(true), error);
        asio::co_spawn(acceptor.get_executor(), echo(std::move(peer)), asio::detached);
    }
}

void serve(echo_ready ready) {
    asio::io_context context(ASIO_CONCURRENCY_HINT_UNSAFE);
    tcp::acceptor acceptor(context, {asio::ip::address_v4::loopback(), 0});
    ready(acceptor.local_endpoint().port());
    asio::co_spawn(context, accept(acceptor), asio::detached);
    context.run();
}

}  // namespace

extern "C" const evented_subject subject_asio_coroutines = {"Asio, co_await", serve, nullptr};
#else
extern "C" const evented_subject subject_asio_coroutines = {"Asio, co_await", nullptr, "libasio-dev"};
#endif
