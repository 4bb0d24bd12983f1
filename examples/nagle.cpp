// SPDX-License-Identifier: BSL-1.0
#include <plumb/plumb.hpp>

#include "support/program.hpp"

// What Nagle's algorithm does (RFC 896): small writes are gathered while an earlier one is not yet acknowledged, so that
// many of them leave in few segments. With no_delay no write waits for an acknowledgement: more segments. They can still be
// fewer than the writes, since Linux gathers what the device below has not yet taken (tcp_autocorking).

using namespace plumb;

constexpr auto usage =
    "nagle [--rounds=N]\n"
    "Makes small writes on a connection to itself, with Nagle's algorithm and without, and counts the segments.\n"
    "  --rounds=N    how often 100 times 10 bytes are written (10)\n";

constexpr auto writes_a_round = 100u;

// Makes all the writes on a connection of its own, and says in how many segments they left.
std::uint32_t count_segments(std::uint32_t rounds, no_delay delay) {
    auto server = tcp::listen({ipv4_address::loopback(), port::any()}).value();
    auto client = tcp::connect(server.local_endpoint().value(), delay).value();
    auto peer = server.accept().value();

    constexpr std::string_view message = "ten bytes\n";
    std::array<std::byte, writes_a_round * message.size()> arrived;
    while (rounds-- > 0) {
        for (auto i = 0u; i < writes_a_round; ++i) client.write_all(message).value();
        peer.read_exact(arrived).value();
    }
    return client.get<connection_info>().value().data_segments_sent;
}

int main(int count, char** words) {
    return program::run(usage, count, words, [](program::arguments& given) {
        auto rounds = given.number("rounds", 10);
        given.end();

        program::print("writes                 " + std::to_string(std::uint64_t{rounds} * writes_a_round) + "\n");
        program::print("segments with Nagle    " + std::to_string(count_segments(rounds, no_delay{false})) + "\n");
        program::print("segments without it    " + std::to_string(count_segments(rounds, no_delay{true})) + "\n");
    });
}
