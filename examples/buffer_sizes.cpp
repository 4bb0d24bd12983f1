// SPDX-License-Identifier: BSL-1.0
#include <plumb/plumb.hpp>

#include "support/program.hpp"

// Sets the sizes of a socket's buffers, and shows what the kernel made of them: it takes them as a wish.

using namespace plumb;

constexpr auto usage =
    "buffer_sizes [--receive=BYTES] [--send=BYTES]\n"
    "Sets the buffer sizes of a TCP socket and shows what the kernel made of them: before, asked, after.\n"
    "  --receive=BYTES    the receive buffer (4080)\n"
    "  --send=BYTES       the send buffer (4080)\n";

// One line of the table.
template <class Option>
void change(tcp::socket& socket, const std::string& name, std::size_t wanted) {
    auto before = program::require(socket.get<Option>(), name);
    program::require(socket.set(Option{wanted}), name);
    auto after = program::require(socket.get<Option>(), name);
    program::print(name + "\t" + std::to_string(before) + "\t" + std::to_string(wanted) + "\t" + std::to_string(after) + "\n");
}

int main(int count, char** words) {
    return program::run(usage, count, words, [](program::arguments& given) {
        auto receive = given.number("receive", 4080);
        auto send = given.number("send", 4080);
        given.end();

        auto socket = program::require(tcp::open(family::ipv4), "a TCP socket");
        program::print("buffer\tbefore\tasked\tafter\n");
        change<receive_buffer_size>(socket, "receive", receive);
        change<send_buffer_size>(socket, "send", send);
    });
}
