// SPDX-License-Identifier: BSL-1.0
#include <plumb/loop/loop.hpp>

#include <plumb/loop/together.hpp>
#include <plumb/loop/verbs.hpp>
#include <plumb/socket/tcp.hpp>

#include <doctest/doctest.h>

#include "in_loop.hpp"

#if __has_include(<asio.hpp>)
#define ASIO_STANDALONE
#include <asio/io_context.hpp>
#include <asio/posix/stream_descriptor.hpp>
#include <asio/steady_timer.hpp>
#endif
#if __has_include(<uv.h>)
#include <uv.h>
#endif

#include <chrono>
#include <string>

using namespace plumb;
using namespace std::chrono_literals;

namespace {

// What our loop does while another drives it: a client and a server talk, with a nap between any two words.
task<> conversation(loop& in, int& words) {
    auto server = tcp::listen(in, {ipv4_address::loopback(), 0}).value();
    auto [client, peer] = co_await when_all(tcp::connect(in, server.local_endpoint().value()), server.accept());
    for (int i = 0; i < 10; ++i) {
        (co_await client->write_all("word")).value();
        words += (co_await peer->receive()).value().text() == "word";
        (co_await in.sleep_for(1ms)).value();
    }
}

// How long until our loop has to be called; none while only its handle tells.
[[maybe_unused]] std::chrono::milliseconds until_timeout(const loop& in) {
    auto due = in.next_timeout();
    if (due == forever) return 1h;
    auto left = due - in.now();
    return left.count() <= 0 ? 0ms : std::chrono::ceil<std::chrono::milliseconds>(left);
}

}  // namespace

#if __has_include(<asio.hpp>)
TEST_CASE("Asio drives our loop: by its handle and its next moment") {
    loop ours;
    if (ours.native_handle() == os::none) return;
    int words = 0;
    auto work = conversation(ours, words);
    asio::io_context theirs;
    asio::posix::stream_descriptor readable(theirs, ours.native_handle());
    asio::steady_timer due(theirs);
    struct driver {
        loop& ours;
        asio::posix::stream_descriptor& readable;
        asio::steady_timer& due;
        task<>& work;
        void go_on() {
            ours.poll();
            if (work.is_done()) {
                due.cancel();
                readable.cancel();
                return;
            }
            due.expires_after(until_timeout(ours));    // calls the wait before off
            due.async_wait([this](asio::error_code cancelled) {
                if (!cancelled) go_on();
            });
        }
        void watch() {
            readable.async_wait(asio::posix::stream_descriptor::wait_read, [this](asio::error_code cancelled) {
                if (cancelled) return;
                go_on();
                if (!work.is_done()) watch();
            });
        }
    } driving{ours, readable, due, work};
    work.start();
    driving.go_on();
    driving.watch();
    theirs.run();
    readable.release();
    CHECK(work.is_done());
    CHECK(words == 10);
}
#endif

#if __has_include(<uv.h>)
TEST_CASE("libuv drives our loop: by its handle and its next moment") {
    loop ours;
    if (ours.native_handle() == os::none) return;
    int words = 0;
    auto work = conversation(ours, words);
    struct driver {
        loop& ours;
        task<>& work;
        uv_loop_t theirs{};
        uv_poll_t readable{};
        uv_timer_t due{};
        void go_on() {
            ours.poll();
            if (work.is_done()) {
                uv_close(reinterpret_cast<uv_handle_t*>(&readable), nullptr);
                uv_close(reinterpret_cast<uv_handle_t*>(&due), nullptr);
            } else {
                uv_timer_start(&due, [](uv_timer_t* one) { static_cast<driver*>(one->data)->go_on(); },
                               static_cast<std::uint64_t>(until_timeout(ours).count()), 0);
            }
        }
    } driving{ours, work};
    REQUIRE(uv_loop_init(&driving.theirs) == 0);
    REQUIRE(uv_poll_init(&driving.theirs, &driving.readable, ours.native_handle()) == 0);
    REQUIRE(uv_timer_init(&driving.theirs, &driving.due) == 0);
    driving.readable.data = driving.due.data = &driving;
    uv_poll_start(&driving.readable, UV_READABLE, [](uv_poll_t* one, int, int) {
        if (!uv_is_closing(reinterpret_cast<uv_handle_t*>(one))) static_cast<driver*>(one->data)->go_on();
    });
    work.start();
    driving.go_on();
    uv_run(&driving.theirs, UV_RUN_DEFAULT);
    CHECK(uv_loop_close(&driving.theirs) == 0);
    uv_library_shutdown();    // its pipe for signals
    CHECK(work.is_done());
    CHECK(words == 10);
}
#endif
