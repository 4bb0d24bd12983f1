// SPDX-License-Identifier: BSL-1.0
#include <plumb/loop.hpp>
#include <plumb/plumb.hpp>
#include <plumb/serve/evented.hpp>

#include "support/async_echo.hpp"
#include "support/program.hpp"

// An echo server for ten thousand clients in one thread: the handler reads like that of the other models, with co_await before
// what waits. A client that says nothing holds no memory but its coroutine.

using namespace plumb;

constexpr auto usage =
    "evented_echo_server [--driver=auto|uring|epoll|poll] [--loops=N] [--connections=N] [--drain=SECONDS] [HOST:PORT]\n"
    "Sends back what it receives, to all clients at once. Ctrl-C and kill end it.\n"
    "  --driver=NAME      how it waits: auto (the best there is), uring, epoll, poll; the next best where that is not to be had\n"
    "  --loops=N          so many threads, each with a loop of its own (1); the kernel deals the clients out\n"
    "  --connections=N    how many it serves at once in each loop (10000); the others wait\n"
    "  --drain=SECONDS    how long those that are there may go on when it is to end (5)\n"
    "  HOST:PORT          where to listen (127.0.0.1:0, which is a free port)\n";

driver driver_of(program::arguments& given) {
    auto wanted = given.choice("driver", {"auto", "uring", "epoll", "poll"});
    for (auto each : {driver::uring, driver::epoll, driver::poll})
        if (name_of(each) == wanted) return each;
    return driver::automatic;
}

// Says why it will not be the driver that was asked for.
void say_what_is_missing(driver wanted) {
    if (auto there = loop::probe(wanted); !there)
        program::say("no " + std::string(name_of(wanted)) + " here (" + there.error().reason() + "): the next best will do");
}

// An acceptor for each loop, all at one place. The first takes it for itself, so that another server there is refused, and
// only then lets the others in.
std::vector<tcp::acceptor> listen_at(const endpoint& wanted, std::size_t loops) {
    std::vector<tcp::acceptor> servers;
    servers.push_back(program::require(tcp::listen(wanted), to_string(wanted)));
    auto place = program::require(servers.front().local_endpoint(), to_string(wanted));
    if (loops > 1) program::require(servers.front().set(reuse_port{true}), to_string(place));
    while (servers.size() < loops) servers.push_back(program::require(tcp::listen(place, reuse_port{true}), to_string(place)));
    program::print("listening on " + to_string(place) + "\n");
    return servers;
}

// Says what a person can act on; that clients come and go is no news.
void say_what_goes_wrong(const serve::event& told) {
    if (told.what == serve::happening::starved || told.what == serve::happening::crashed) program::say(to_string(told));
}

// "loop 0 on epoll served 2500, 3 of them failed and 0 were cut"
std::string summary(std::size_t which, driver on, const serve::report& report) {
    return "loop " + std::to_string(which) + " on " + std::string(name_of(on)) + " served " + std::to_string(report.accepted) + ", " +
           std::to_string(report.failed) + " of them failed and " + std::to_string(report.cut) + " were cut";
}

int main(int count, char** words) {
    return program::run(usage, count, words, [](program::arguments& given) {
        auto wanted_driver = driver_of(given);
        auto loops = given.number("loops", 1);
        serve::evented_options options{.connections = given.number("connections", 10'000), .observer = say_what_goes_wrong};
        options.drain = within(std::chrono::seconds(given.number("drain", 5)));
        auto wanted = given.local_place();
        given.end();
        say_what_is_missing(wanted_driver);

        stop_source stop;
        options.stop = stop.token();
        auto signals = program::require(stop_on({signal_number::interrupt, signal_number::terminate}, stop), "signals");
        auto servers = listen_at(wanted, loops);
        auto serve_in = [&](loop& in, std::size_t which) -> task<result<void>> {
            auto server = in.attach(std::move(servers[which]));
            if (!server) co_return failure(server.error());
            auto report = co_await serve::evented(in, *std::move(server), program::async_echo, options);
            if (!report) co_return failure(report.error());
            program::say(summary(which, in.current_driver(), *report));
            co_return {};
        };
        program::require(run_loops(loops, stop, serve_in, wanted_driver), to_string(wanted));
    });
}
