// SPDX-License-Identifier: BSL-1.0
// Uses every waiting call, and prints what came of it: run under strace, which interrupts them.
#include <plumb/socket.hpp>

#include <chrono>
#include <cstdio>
#include <string>

using namespace plumb;
using namespace std::chrono_literals;

int main() {
    auto server = tcp::listen({ipv4_address::loopback(), 0}).value();
    auto at = server.local_endpoint().value();
    for (auto timed : {false, true}) {
        for (int round = 0; round < 5; ++round) {
            auto client = (timed ? tcp::connect(at, within(10s)) : tcp::connect(at)).value();
            auto peer = (timed ? server.accept(within(10s)) : server.accept()).value();
            std::string back(5, ' ');
            if (timed) client.write_all({"he", "llo"}, within(10s)).value();
            else client.write_all("hello").value();
            const mutable_bytes into[] = {mutable_bytes(back.data(), 2), mutable_bytes(back.data() + 2, 3)};
            if (timed) peer.read(into, within(10s)).value();
            else peer.read_exact(back).value();
            std::printf("%s\n", back.c_str());
            if (!client.read(back, within(20ms)).error().detail()) std::printf("nothing yet\n");
            peer.send_file("/dev/null").value();

            auto socket = udp::bind({ipv4_address::loopback(), 0}).value();
            auto self = socket.local_endpoint().value();
            if (timed) socket.send_to("letter", self, within(10s)).value();
            else socket.send_to("letter", self).value();
            std::string letter(6, ' ');
            if (timed) socket.receive(letter, within(10s)).value();
            else socket.receive(letter).value();
            std::printf("%s\n", letter.c_str());

            auto acceptor = local::seqpacket::listen(local_address()).value();
            auto one = local::seqpacket::connect(acceptor.local_endpoint().value()).value();
            auto other = acceptor.accept().value();
            one.send("record").value();
            other.receive(letter).value();
            std::printf("%s\n", letter.c_str());
            tcp::sleep_for(1ms).value();
        }
    }
}
