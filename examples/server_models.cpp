// SPDX-License-Identifier: BSL-1.0
#include <plumb/loop.hpp>
#include <plumb/plumb.hpp>
#include <plumb/serve/evented.hpp>

#include "support/async_echo.hpp"
#include "support/server.hpp"

// The server models side by side: one handler and three ways to call it, and the same handler with co_await for the fourth.

using namespace plumb;

constexpr auto usage =
    "server_models [--model=sequential|forking|threaded|evented] [--clients=N] [HOST:PORT]\n"
    "Sends back what it receives: to one client after the other, to each in a process or in a thread of its own, or to all in one\n"
    "thread.\n"
    "Ctrl-C and kill end it.\n"
    "  --clients=N    ends when so many have been served\n"
    "  HOST:PORT      where to listen (127.0.0.1:0, which is a free port)\n";

result<serve::report> serve_by(std::string_view model, tcp::acceptor& server, std::uint64_t clients, const stop_token& stop) {
    constexpr auto tell = program::say_what_goes_wrong;
    if (model == "forking")
        return serve::forking(server, program::echo, {.max_children = 256, .end_after = clients, .stop = stop, .observer = tell});
    if (model == "threaded")
        return serve::threaded(server, program::echo, {.threads = 256, .end_after = clients, .stop = stop, .observer = tell});
    if (model == "evented") {
        loop loop;
        auto attached = program::require(loop.attach(std::move(server)), "loop");
        return loop.run(serve::evented(loop, attached, program::async_echo, {.end_after = clients, .stop = stop, .observer = tell}));
    }
    return serve::sequential(server, program::echo, {.end_after = clients, .stop = stop, .observer = tell});
}

int main(int count, char** words) {
    return program::run(usage, count, words, [](program::arguments& given) {
        auto model = given.choice("model", {"sequential", "forking", "threaded", "evented"});
        auto clients = program::clients_of(given);
        auto wanted = given.local_place();
        given.end();

        auto stop = program::stop_on_signals();
        auto server = program::listen_at(wanted);
        auto report = program::require(serve_by(model, server, clients, stop.token()), "clients");
        program::say(std::string(model) + " " + to_string(report));
    });
}
