// SPDX-License-Identifier: BSL-1.0
#include <plumb/loop.hpp>
#include <plumb/plumb.hpp>
#include <plumb/serve/evented.hpp>

#include "support/server.hpp"

#include <atomic>

// A TCP forwarder: what connects here is connected to somewhere else. Each way ends by itself, so a client that has said all
// still hears the answer; a connection that breaks on one side is broken on the other too, and never looks like a good end.

using namespace plumb;

constexpr auto usage =
    "forward [--evented] [--patience=SECONDS] [--drain=SECONDS] [--connections=N] LISTEN TARGET\n"
    "Forwards TCP connections. Ctrl-C and kill end it.\n"
    "  --evented             all in one thread, not a thread for each way\n"
    "  --patience=SECONDS    how long to wait until the target answers (10)\n"
    "  --drain=SECONDS       how long connections may go on after Ctrl-C or kill (5)\n"
    "  --connections=N       how many it forwards at once (64); the others wait\n"
    "  LISTEN                HOST:PORT where to listen\n"
    "  TARGET                HOST:PORT where to connect to, looked up for each connection anew\n";

// What the two ways of a connection know of each other.
struct two_ways {
    stop_source broken;                    // one has failed, or their time is up: both are to stop
    std::atomic<bool> one_ended = false;
};

// A reset is told once: to whichever way is the first to meet it. The other one reads an end that is none, from somebody who is
// no longer there. (After two good ends he is not, either.)
bool was_reset(const auto& from, two_ways& ways) {
    auto is_gone = !from.peer_endpoint();
    auto is_first = !ways.one_ended.exchange(true);
    return is_gone && is_first;
}

// Copies one way and hands its end on. When that fails the other way is stopped, too.
result<void> relay(tcp::socket& from, tcp::socket& to, two_ways& ways) {
    auto outcome = [&]() -> result<void> {
        auto copied = copy(from, to, ways.broken.token());
        if (!copied) return failure(copied.error());
        if (was_reset(from, ways)) return failure(verb::copy, std::errc::connection_reset);
        return to.shutdown(direction::write);
    }();
    if (!outcome) ways.broken.request_stop();
    return outcome;
}

// Has a connection end by a reset: its peer is to know that this is no good end.
void break_off(auto& peer) {
    (void)peer.set(linger_on_close{std::chrono::seconds(0)});    // one that is gone needs none
}

result<void> forward(tcp::socket& client, tcp::socket& server, two_ways& ways) {
    result<void> answered;
    auto answering = tcp::thread::start([&] { answered = relay(server, client, ways); });
    if (!answering) return failure(answering.error());
    auto asked = relay(client, server, ways);
    answering->join();
    if (asked || asked.error() == condition::cancelled) return answered;    // the one that broke first tells why
    return asked;
}

// The same with co_await before what waits, where a way that fails breaks both connections off: that ends the other.
task<result<void>> relay(tcp::async_socket& from, tcp::async_socket& to, two_ways& ways) {
    auto pass_on = [&]() -> task<result<void>> {
        for (;;) {
            auto chunk = co_await from.receive();
            if (!chunk) co_return failure(chunk.error().during(verb::copy));
            if (chunk->empty()) break;
            if (auto sent = co_await to.write_all(*chunk); !sent) co_return failure(sent.error().during(verb::copy));
        }
        if (was_reset(from, ways)) co_return failure(verb::copy, std::errc::connection_reset);
        co_return to.shutdown(direction::write);
    };
    auto outcome = co_await pass_on();
    if (outcome) co_return outcome;
    for (auto end : {&from, &to}) {
        break_off(*end);
        end->close();
    }
    co_return outcome;
}

task<result<void>> forward(tcp::async_socket& client, tcp::async_socket& server) {
    two_ways ways;
    auto [asked, answered] = co_await when_all(relay(client, server, ways), relay(server, client, ways));
    co_return asked || asked.error() == condition::cancelled ? answered : asked;
}

int main(int count, char** words) {
    return program::run(usage, count, words, [](program::arguments& given) {
        auto is_evented = given.flag("evented");
        auto patience = std::chrono::seconds(given.number("patience", 10));
        auto drain = std::chrono::seconds(given.number("drain", 5));
        auto most = given.number("connections", 64);
        auto here = given.remote_place();
        auto target = given.remote_place();
        given.end();

        auto handler = [&](tcp::socket client, stop_source broken) -> result<void> {
            auto server = tcp::connect(target, within(patience), broken.token());
            two_ways ways{broken};
            auto outcome = server ? forward(client, *server, ways) : failure(server.error());
            if (!outcome) break_off(client);
            if (!outcome && server) break_off(*server);
            return outcome;
        };
        loop loop;
        auto async_handler = [&](tcp::async_socket client) -> task<result<void>> {
            auto server = co_await tcp::connect(loop, target, within(patience));
            if (server) co_return co_await forward(client, *server);
            break_off(client);
            co_return failure(server.error());
        };

        auto stop = program::stop_on_signals();
        auto server = program::listen_at(program::place_at(here));
        auto serve_all = [&] {
            auto tell = program::say_what_goes_wrong;
            if (!is_evented)
                return serve::threaded(std::move(server), handler, {.threads = most, .stop = stop.token(), .drain = within(drain), .observer = tell});
            auto attached = program::require(loop.attach(std::move(server)), "loop");
            return loop.run(serve::evented(loop, std::move(attached), async_handler,
                                           {.connections = most, .stop = stop.token(), .drain = within(drain), .observer = tell}));
        };
        program::say(to_string(program::require(serve_all(), "connections")));
    });
}
