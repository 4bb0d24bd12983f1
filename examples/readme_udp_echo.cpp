// SPDX-License-Identifier: BSL-1.0
#include <plumb/plumb.hpp>

using namespace plumb;

int main() {
    auto socket = udp::bind({ipv4_address::any(), 7777}).value();      // UDP echo
    std::array<std::byte, 65'507> buffer;
    for (;;) {
        auto letter = socket.receive_from(buffer).value();             // .size, .sender, .truncated
        socket.send_to(bytes(buffer).first(letter.size), letter.sender).value();
    }
}
