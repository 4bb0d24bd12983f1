// SPDX-License-Identifier: BSL-1.0
#include <plumb/plumb.hpp>

#include "support/program.hpp"

// A UDP client that sends each line as a message and waits for it to come back, but not for ever: messages get lost.

using namespace plumb;

constexpr auto usage =
    "udp_echo_client [--timeout=MILLISECONDS] HOST:PORT\n"
    "Sends each line of its input to an echo server and prints the answer.\n"
    "Ends with a line q or Q, or with its input; exit 1 where an answer was missing.\n"
    "  --timeout=MILLISECONDS    how long it waits for an answer (1000)\n"
    "  HOST:PORT                 where the server is\n";

// Sends a message and waits for its echo. Another message is the late echo of an earlier one, and is passed over.
result<void> exchange(udp::socket& server, std::string_view message, deadline limit) {
    if (auto sent = server.send(message); !sent) return failure(sent.error());
    std::array<std::byte, 65'535> buffer;
    for (;;) {
        auto answer = server.receive(buffer, limit);
        if (!answer) return failure(answer.error());
        if (bytes(std::span(buffer).first(answer->size)).text() == message) return {};
    }
}

int main(int count, char** words) {
    return program::run(usage, count, words, [](program::arguments& given) {
        auto timeout = std::chrono::milliseconds(given.number("timeout", 1000));
        auto place = given.remote_place();
        given.end();

        auto server = program::require(udp::connect(place), place);    // from now on nobody else can answer
        buffered lines(program::input());
        auto missing = 0;
        for (;;) {
            auto line = lines.read_line();
            if (!line && line.error() == condition::end_of_stream) break;
            auto message = program::require(line, "stdin");
            if (message == "q" || message == "Q") break;
            auto came_back = exchange(server, message, until(within(timeout).starting(udp::now())));
            if (came_back) program::print(std::string(message) + "\n");
            else program::say(program::sentence(came_back.error(), place));
            missing += !came_back;
        }
        if (missing > 0) throw std::runtime_error("answers missing: " + std::to_string(missing));
    });
}
