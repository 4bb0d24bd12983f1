// SPDX-License-Identifier: BSL-1.0
#include <plumb/loop.hpp>
#include <plumb/plumb.hpp>
#include <plumb/serve/evented.hpp>

#include "support/program.hpp"

// An echo server for ten thousand clients in one thread: the handler reads like that of the other models, with co_await before
// what waits. A client that says nothing holds no memory but its coroutine.

using namespace plumb;
using namespace std::chrono_literals;

constexpr auto usage =
    "evented_echo_server [--driver=auto|epoll|poll] [--loops=N] [--connections=N] [HOST:PORT]\n"
    "Sends back what it receives, to all clients at once. Ctrl-C and kill end it.\n"
    "  --driver=NAME      how it waits: auto (the best there is), epoll, poll\n"
    "  --loops=N          so many threads, each with a loop of its own (1); the kernel deals the clients out\n"
    "  --connections=N    how many it serves at once in each loop (10000); the others wait\n"
    "  HOST:PORT          where to listen (127.0.0.1:0, which is a free port)\n";

task<result<void>> async_echo(tcp::async_socket peer) {
    for (;;) {
        auto chunk = co_await peer.receive();    // a lent buffer: a client that says nothing holds none
        if (!chunk) co_return failure(chunk.error());
        if (chunk->empty()) co_return result<void>();
        if (auto sent = co_await peer.write_all(*chunk); !sent) co_return sent;
    }
}

driver driver_of(program::arguments& given) {
    for (auto each : {driver::epoll, driver::poll})
        if (given.flag("driver=" + std::string(name_of(each)))) return each;
    (void)given.flag("driver=auto");
    return driver::automatic;
}

// An acceptor for each loop, all at one place.
std::vector<tcp::acceptor> listen_at(const endpoint& wanted, std::size_t loops) {
    std::vector<tcp::acceptor> servers;
    auto place = wanted;
    while (servers.size() < loops) {
        servers.push_back(program::require(tcp::listen(place, reuse_port{loops > 1}), to_string(place)));
        place = program::require(servers.front().local_endpoint(), to_string(wanted));
    }
    program::print("listening on " + to_string(place) + "\n");
    return servers;
}

// Says what a person can act on; that clients come and go is no news.
void say_what_goes_wrong(const serve::event& told) {
    if (told.what == serve::happening::starved || told.what == serve::happening::crashed) program::say(to_string(told));
}

int main(int count, char** words) {
    return program::run(usage, count, words, [](program::arguments& given) {
        auto wanted_driver = driver_of(given);
        auto loops = given.number("loops", 1);
        auto connections = given.number("connections", 10'000);
        auto wanted = given.local_place();
        given.end();

        auto stop = program::require(stop_on({signal_number::interrupt, signal_number::terminate}), "signals");
        auto servers = listen_at(wanted, loops);
        stop_source all;
        auto serve_in = [&](loop& in, std::size_t which) -> task<> {
            if (which == 0) program::say("on " + std::string(name_of(in.current_driver())));
            auto server = program::require(in.attach(std::move(servers[which])), to_string(wanted));
            auto report = co_await serve::evented(in, server, async_echo,
                                                  {.connections = connections, .stop = stop.token(), .observer = say_what_goes_wrong});
            program::say("loop " + std::to_string(which) + " served " + std::to_string(program::require(report, "clients").accepted));
        };
        program::require(run_loops(loops, all, serve_in, wanted_driver), "loops");
    });
}
