// SPDX-License-Identifier: BSL-1.0
#include <plumb/plumb.hpp>

#include "support/server.hpp"

// A TCP echo server whose workers are there before its clients: one process accepts and passes every connection on, and the
// next worker that is free takes it. All wait at one socket for it, of which each has a duplicate.

using namespace plumb;

constexpr auto usage =
    "passing_echo_server [--clients=N] [--workers=N] [--drain=SECONDS] [HOST:PORT]\n"
    "Sends back what it receives, in processes that connections are passed to. Ctrl-C and kill end it.\n"
    "  --clients=N        ends when so many have been served\n"
    "  --workers=N        how many processes serve (4); other clients wait\n"
    "  --drain=SECONDS    how long clients may go on after Ctrl-C or kill (5)\n"
    "  HOST:PORT          where to listen (127.0.0.1:0, which is a free port)\n";

// A worker: serves what is passed to it, until nobody is left who could pass more.
result<void> work(local::seqpacket::socket from) {
    for (;;) {
        char note;
        std::array<descriptor, 1> passed;
        auto came = from.receive_descriptors(mutable_bytes(&note, 1), passed);
        if (!came) return failure(came.error());
        if (came->size == 0) return {};
        auto client = passed[0].take<tcp::socket>();
        if (!client) return failure(client.error());
        if (auto served = program::echo(*std::move(client)); !served) program::say(served.error().message());
    }
}

int main(int count, char** words) {
    return program::run(usage, count, words, [](program::arguments& given) {
        auto clients = program::clients_of(given);
        auto workers = given.number("workers", 4);
        auto drain = std::chrono::seconds(given.number("drain", 5));
        auto wanted = given.local_place();
        given.end();

        auto stop = program::stop_on_signals();
        auto server = program::listen_at(wanted);
        auto [ours, theirs] = program::require(local::seqpacket::pair(), "two sockets");
        std::vector<process> staff;
        for (auto left = workers; left > 0; --left) {
            auto end = program::require(theirs.duplicate(), "a socket");
            staff.push_back(program::require(process::fork({.own_group = true}, work, std::move(end)), "a worker"));
        }
        theirs.close();

        for (; clients > 0; --clients) {
            auto client = server.accept(stop.token());
            if (!client && client.error() == condition::cancelled) break;
            program::require(ours.send_descriptors("+", {program::require(std::move(client), "a client")}, stop.token()), "a client");
        }
        server.close();
        ours.close();    // the end, for workers that are free
        auto end = within(drain).starting(tcp::now());
        for (auto& worker : staff)
            if (auto status = worker.wait(until(end)); status && !status->succeeded()) throw std::runtime_error("a worker " + to_string(*status));
    });
}
