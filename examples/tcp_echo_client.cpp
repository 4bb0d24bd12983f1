// SPDX-License-Identifier: BSL-1.0
#include <plumb/plumb.hpp>

#include "support/program.hpp"

// A TCP client that says what it reads from its input, and prints what comes back.

using namespace plumb;
using namespace std::chrono_literals;

constexpr auto usage =
    "tcp_echo_client HOST:PORT\n"
    "Sends its input to an echo server, a piece at a time, and prints what comes back.\n"
    "At a terminal a piece is a line.\n"
    "  HOST:PORT    where the server listens\n";

int main(int count, char** words) {
    return program::run(usage, count, words, [](program::arguments& given) {
        auto place = given.remote_place();
        given.end();

        auto server = program::require(tcp::connect(place, within(10s)), place);
        auto input = program::input();
        // A piece fits into the receive buffer of any system. So the server can always write, and therefore read, while all
        // of it is written here; a greater one could leave both ends writing, and nobody reading.
        std::array<std::byte, 16 * 1024> piece, answer;
        while (auto size = program::require(input.read(piece), "stdin")) {
            auto said = std::span(piece).first(size);
            auto heard = std::span(answer).first(size);
            program::require(server.write_all(said), place);
            program::require(server.read_exact(heard), place);    // one read may bring less than one write sent
            program::print(heard);
            if (!std::ranges::equal(said, heard)) throw std::runtime_error("that is not what was sent");
        }
    });
}
