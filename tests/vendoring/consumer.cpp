// SPDX-License-Identifier: BSL-1.0
#include <plumb/plumb.hpp>

#include <array>
#include <cstdio>
#include <span>
#include <string>

using namespace plumb;

// One echo over loopback, both ends in one program: the connection waits in the backlog until it is accepted.
int main() {
    auto server = tcp::listen({ipv4_address::loopback(), 0}).value();
    auto client = tcp::connect(server.local_endpoint().value()).value();
    client.write_all("from a consumer").value();
    client.shutdown(direction::write).value();

    auto peer = server.accept().value();
    std::array<std::byte, 64> buffer;
    while (auto size = peer.read(buffer).value()) peer.write_all(std::span(buffer).first(size)).value();
    peer.close();

    auto heard = client.read_to_end<std::string>().value();
    std::puts(heard.c_str());
    return heard != "from a consumer";
}
