// SPDX-License-Identifier: BSL-1.0
#include <plumb/plumb.hpp>

#include "support/program.hpp"

#include <set>

// A server that ends while it has clients leaves connections in TIME_WAIT, for 60 seconds on Linux: whoever closes first waits
// for stray segments (RFC 9293 section 3.6.1). They keep the port from everybody but a listener with SO_REUSEADDR, which
// acceptors of plumb have on POSIX.

using namespace plumb;

constexpr auto usage =
    "restart_at_once [HOST:PORT]\n"
    "Starts a server, lets it end before its client, and starts it again at the same port.\n"
    "Run it twice with one port, and the second run does the same to the first.\n"
    "  HOST:PORT    where to listen (127.0.0.1:0, which is a free port)\n";

// A client comes, the server says goodbye and closes first: now the server's end waits.
void serve_and_end_first(tcp::acceptor server) {
    auto client = tcp::connect(server.local_endpoint().value()).value();
    auto peer = server.accept().value();
    peer.write_all("goodbye\n").value();
    peer.close();
    program::print("the client heard: " + client.read_to_end<std::string>().value());
}

// Counts the connections of a local port that are in TIME_WAIT. Only Linux keeps this table.
std::optional<int> count_waiting(port of, const char* table) {
    auto opened = file::open(table);
    if (!opened) return {};
    char ours[8];
    std::snprintf(ours, sizeof ours, ":%04X", of.number());
    std::set<std::string> waiting;    // the kernel may tell of a row twice, while others come and go
    buffered lines(*std::move(opened));
    // "  12: 0100007F:A8E1 0100007F:C3F2 06 00000000:…": local address, remote address, state
    for (auto line = lines.read_line(); line; line = lines.read_line()) {
        auto local = line->find(": ") + 2;
        auto remote = line->find(' ', local) + 1;
        auto state = line->find(' ', remote) + 1;
        auto is_ours = line->substr(local, remote - 1 - local).ends_with(ours) && line->substr(state, 3) == "06 ";
        if (is_ours) waiting.emplace(line->substr(local, state - local));
    }
    return static_cast<int>(waiting.size());
}

int main(int count, char** words) {
    return program::run(usage, count, words, [](program::arguments& given) {
        auto wanted = given.local_place();
        given.end();

        auto server = program::require(tcp::listen(wanted), to_string(wanted));
        auto place = server.local_endpoint().value();
        program::print("listening on " + to_string(place) + "\n");
        serve_and_end_first(std::move(server));

        auto table = place.address().is_v4() ? "/proc/net/tcp" : "/proc/net/tcp6";
        if (auto waiting = count_waiting(place.port(), table))
            program::print("connections in TIME_WAIT at this port: " + std::to_string(*waiting) + "\n");

        auto plain = tcp::listen(place, reuse_address{false});
        program::print("without SO_REUSEADDR: " + (plain ? "listening" : plain.error().message()) + "\n");
        if (plain) plain->close();

        serve_and_end_first(program::require(tcp::listen(place), to_string(place)));
        program::print("with it: served again at once\n");
    });
}
