// SPDX-License-Identifier: BSL-1.0
#include <plumb/plumb.hpp>

#include "support/program.hpp"

// A TCP server that sends back what it receives. It serves one client at a time; the others wait in the queue of the acceptor.

using namespace plumb;
using namespace std::chrono_literals;

constexpr auto usage =
    "tcp_echo_server [--clients=N] [--patience=SECONDS] [HOST:PORT]\n"
    "Sends back what it receives, to one client at a time.\n"
    "  --clients=N           ends when so many have been served\n"
    "  --patience=SECONDS    how long it waits for a client that does not read (10)\n"
    "  HOST:PORT             where to listen (127.0.0.1:0, which is a free port)\n";

// Sends back everything, until the client has said all. A silent client may think for as long as it likes, but one that
// does not take its answers must not hold up the others for ever.
result<void> echo(tcp::socket& peer, std::chrono::seconds patience) {
    std::array<std::byte, 16 * 1024> buffer;
    for (;;) {
        auto size = peer.read(buffer);
        if (!size) return failure(size.error());
        if (*size == 0) return {};
        auto sent = peer.write_all(bytes(buffer).first(*size), within(patience));
        if (!sent) return sent;
    }
}

// Whether the machine, and not the acceptor, is the cause. The client stays in the queue and can be accepted later.
bool is_shortage(error cause) {
    return cause == std::errc::too_many_files_open || cause == std::errc::too_many_files_open_in_system ||
           cause == std::errc::no_buffer_space || cause == std::errc::not_enough_memory;
}

// Accepts the next client. In a shortage it pauses, longer each time: to try again at once would keep a processor busy.
accepted<tcp> next_client(tcp::acceptor& server, const std::string& place) {
    for (auto pause = 5ms;; pause = std::min(2 * pause, 1000ms)) {
        auto client = server.accept_from();
        if (client || !is_shortage(client.error())) return program::require(std::move(client), place);
        program::say(program::sentence(client.error(), place));
        (void)tcp::sleep_for(pause);    // without a stop nothing ends it early
    }
}

int main(int count, char** words) {
    return program::run(usage, count, words, [](program::arguments& given) {
        constexpr auto always = 0u;
        auto clients = given.number("clients", always);
        auto patience = std::chrono::seconds(given.number("patience", 10));
        auto wanted = given.local_place();
        given.end();

        auto server = program::require(tcp::listen(wanted), to_string(wanted));
        auto place = to_string(server.local_endpoint().value());
        program::print("listening on " + place + "\n");
        for (auto served = 0u; clients == always || served < clients; ++served) {
            auto [peer, from] = next_client(server, place);
            auto outcome = echo(peer, patience);
            if (!outcome) program::say(program::sentence(outcome.error(), to_string(from)));
        }
    });
}
