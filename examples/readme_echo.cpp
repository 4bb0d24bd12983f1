// SPDX-License-Identifier: BSL-1.0
#include <plumb/plumb.hpp>
using namespace plumb;

int main() {                                                       // TCP echo, one client at a time
    auto server = tcp::listen({ipv4_address::any(), 7777}).value();
    for (;;) {
        auto peer = server.accept().value();
        std::array<std::byte, 4096> buffer;
        while (auto size = peer.read(buffer).value())              // 0 is the end of the stream
            peer.write_all(bytes(buffer).first(size)).value();
    }
}
