// SPDX-License-Identifier: BSL-1.0
#include <plumb/plumb.hpp>

#include "support/program.hpp"

// A UDP server that sends back each message to whom it came from. One socket serves everybody: there is nothing to accept.

using namespace plumb;

constexpr auto usage =
    "udp_echo_server [--messages=N] [HOST:PORT]\n"
    "Sends back each message that it receives.\n"
    "  --messages=N    ends after so many\n"
    "  HOST:PORT       where to receive (127.0.0.1:0, which is a free port)\n";

int main(int count, char** words) {
    return program::run(usage, count, words, [](program::arguments& given) {
        constexpr auto always = 0u;
        auto messages = given.number("messages", always);
        auto wanted = given.local_place();
        given.end();

        auto socket = program::require(udp::bind(wanted), to_string(wanted));
        program::print("listening on " + to_string(socket.local_endpoint().value()) + "\n");
        std::array<std::byte, 65'535> buffer;    // no message is longer, so none is cut
        for (auto received = 0u; messages == always || received < messages; ++received) {
            auto letter = socket.receive_from(buffer).value();    // an empty one is a message too, and no end
            auto sent = socket.send_to(bytes(buffer).first(letter.size), letter.sender);
            if (!sent) program::say(program::sentence(sent.error(), to_string(letter.sender)));
        }
    });
}
