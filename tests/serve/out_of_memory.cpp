// SPDX-License-Identifier: BSL-1.0
#include <plumb/serve/evented.hpp>

#include <plumb/loop/verbs.hpp>
#include <plumb/socket/tcp.hpp>

#include <doctest/doctest.h>

#include "failing_memory.hpp"
#include "loopback.hpp"

#include <array>
#include <chrono>
#include <string_view>

using namespace plumb;
using namespace std::chrono_literals;
using support::failing_memory, support::with_ever_more_memory;

namespace {

task<> echo(tcp::async_socket peer) {
    for (;;) {
        auto chunk = co_await peer.receive();
        if (!chunk || chunk->empty()) co_return;
        auto sent = co_await peer.write_all(*chunk);
        if (!sent) co_return;
    }
}

// Lets a loop go on for a while, or until a client has heard a word or the end of its connection. Whether it has, and which.
enum class heard { nothing, word, end };
heard hear(loop& in, tcp::socket& client, timeline::duration span) {
    char got[1];
    for (auto last = in.now() + span; in.now() < last; in.poll()) {
        auto size = client.read(got, within(0s));
        if (size) return *size == 1 ? heard::word : heard::end;
        if (size.error() != condition::timed_out) return heard::end;
    }
    return heard::nothing;
}

}  // namespace

TEST_CASE("an event-driven server without memory goes on: who has come is served, or left, or served later") {
    with_ever_more_memory([](driver on, failing_memory& scarce) {
        const auto succeed = scarce.pause();
        loop in(on);
        stop_source stop;
        auto server = tcp::listen(in, {ipv4_address::loopback(), 0}).value();
        const auto at = server.local_endpoint().value();
        auto serving = serve::evented(in, server, echo, {.stop = stop.token()});
        serving.start();
        auto before = tcp::connect(at).value();
        before.write_all("x").value();
        CHECK(hear(in, before, 10s) == heard::word);

        scarce.go_on(succeed);
        std::array<tcp::socket, 2> clients;
        for (auto& each : clients) {
            each = tcp::connect(at).value();
            (void)each.write_all("x");
        }
        std::array<heard, 2> first;
        for (std::size_t i = 0; i < clients.size(); ++i) first[i] = hear(in, clients[i], 20ms);
        scarce.end();

        for (std::size_t i = 0; i < clients.size(); ++i)
            if (first[i] == heard::nothing) CHECK(hear(in, clients[i], 20s) != heard::nothing);
        auto after = tcp::connect(at).value();
        for (auto client : {&before, &after}) {
            client->write_all("y").value();
            CHECK(hear(in, *client, 20s) == heard::word);
        }
        for (auto client : {&before, &after, &clients[0], &clients[1]}) client->close();
        stop.request_stop();
        while (!serving.is_done()) in.poll();
        CHECK(serving.take().value().cut == 0);
    });
}
