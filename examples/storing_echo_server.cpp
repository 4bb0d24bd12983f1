// SPDX-License-Identifier: BSL-1.0
#include <plumb/plumb.hpp>

#include "support/server.hpp"

// An echo server in three roles: one process accepts, one for each client echoes, and one stores in a file what the others have
// heard, which comes to it through a pipe.
// What a client says is stored in its order, in pieces of at most 4096 bytes: a pipe takes so many whole, so the pieces of
// several clients stand one after the other and never within each other. Each goes to the file before it is sent back: what a
// client has heard again is in the file once the server has ended, be it by kill.

using namespace plumb;

constexpr auto usage =
    "storing_echo_server [--clients=N] [--drain=SECONDS] FILE [HOST:PORT]\n"
    "Sends back what it receives, each client in a process of its own, and stores it in a file. Ctrl-C and kill end it.\n"
    "  --clients=N        ends when so many have been served\n"
    "  --drain=SECONDS    how long clients may go on after Ctrl-C or kill (5)\n"
    "  FILE               where to store it; what it held before is gone\n"
    "  HOST:PORT          where to listen (127.0.0.1:0, which is a free port)\n";

// The child that stores. It ends with what it is for, when nobody is left who writes: not by a signal that is meant for all.
result<void> store(pipe_reader heard, file to) {
    auto deaf = ignore_signals({signal_number::interrupt, signal_number::terminate});
    if (!deaf) return failure(deaf.error());
    auto stored = copy(heard, to);
    if (!stored) return failure(stored.error());
    return {};
}

// The child of a client.
result<void> echo(tcp::socket peer, pipe_writer& storage) {
    constexpr std::size_t most_at_once = 4096;    // PIPE_BUF
    std::array<std::byte, most_at_once> buffer;
    for (;;) {
        auto size = peer.read(buffer);
        if (!size) return failure(size.error());
        if (*size == 0) return {};
        auto heard = std::span(buffer).first(*size);
        if (auto stored = storage.write_all(heard); !stored) return stored;
        if (auto sent = peer.write_all(heard); !sent) return sent;
    }
}

int main(int count, char** words) {
    return program::run(usage, count, words, [](program::arguments& given) {
        auto clients = program::clients_of(given);
        auto drain = std::chrono::seconds(given.number("drain", 5));
        auto path = given.word("FILE");
        auto wanted = given.local_place();
        given.end();

        stop_source source;
        auto stop = program::stop_on_signals(source);
        auto to = program::require(file::open(path, file_mode::create), path);
        auto server = program::listen_at(wanted);
        auto [heard, storage] = program::require(pipe(), "a pipe");
        auto keeper = program::require(process::fork({.own_group = true}, store, std::move(heard), std::move(to)), "a child");

        auto tell = [&](const serve::event& told) {
            program::say_what_goes_wrong(told);
            if (auto ended = keeper.try_wait(); ended && *ended) source.request_stop();    // nobody stores any more
        };
        auto report = serve::forking(server, [&storage](tcp::socket peer) { return echo(std::move(peer), storage); },
                                     {.end_after = clients,
                                      .stop = stop.token(),
                                      .drain = within(drain),
                                      .observer = tell,
                                      .keep = {storage}});
        storage.close();    // the last one that writes: now the keeper sees the end
        auto status = program::require(keeper.wait(), "the storing process");
        program::say(to_string(program::require(std::move(report), "clients")));
        if (!status.succeeded()) throw std::runtime_error("the storing process " + to_string(status));
    });
}
