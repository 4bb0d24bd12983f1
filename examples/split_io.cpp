// SPDX-License-Identifier: BSL-1.0
#include <plumb/plumb.hpp>

#include "support/program.hpp"

// One process reads a connection and another writes it, so that neither waits for the other. Both hold the same connection: to
// close it in one of them says nothing to the peer. Only shutdown tells it the end, whoever else holds the connection.

using namespace plumb;
using namespace std::chrono_literals;

constexpr auto usage =
    "split_io HOST:PORT\n"
    "Sends stdin in a child process, and prints what comes back in its parent.\n"
    "  HOST:PORT    a server that answers while it is spoken to, such as tcp_echo_server\n";

// The child: says everything, and then that this was all.
result<void> speak(tcp::socket to) {
    auto input = program::input();
    if (auto said = copy(input, to); !said) return failure(said.error());
    return to.shutdown(direction::write);
}

int main(int count, char** words) {
    return program::run(usage, count, words, [](program::arguments& given) {
        auto place = given.remote_place();
        given.end();

        auto server = program::require(tcp::connect(place, within(10s)), place);
        auto twin = program::require(server.duplicate(), place);
        auto speaker = program::require(process::fork(speak, std::move(twin)), "a child");

        std::array<std::byte, 16 * 1024> chunk;
        while (auto size = program::require(server.read(chunk), place)) program::print(std::span(chunk).first(size));
        auto status = program::require(speaker.wait(), "the child");
        if (!status.succeeded()) throw std::runtime_error("the writing process " + to_string(status));
    });
}
