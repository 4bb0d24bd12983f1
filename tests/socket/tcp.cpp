// SPDX-License-Identifier: BSL-1.0
#include <plumb/socket.hpp>

#include <doctest/doctest.h>

#include "loopback.hpp"

#include <array>
#include <chrono>
#include <netinet/tcp.h>
#include <string>
#include <sys/socket.h>
#include <thread>

using namespace plumb;
using namespace std::chrono_literals;

TEST_CASE_TEMPLATE("an echo server for one client at a time", P, tcp, faulty<tcp>, traced<tcp>) {
    for (auto at : {endpoint(ipv4_address::loopback(), 0), endpoint(ipv6_address::loopback(), 0)}) {
        auto server = P::listen(at).value();
        std::thread other([&] {
            support::weather<P> bad;
            for (int clients = 0; clients < 5; ++clients) {
                auto peer = server.accept().value();
                std::array<std::byte, 4096> buffer;
                while (auto size = peer.read(buffer).value()) peer.write_all(std::span(buffer).first(size)).value();
            }
        });
        support::weather<P> bad;
        for (int clients = 0; clients < 5; ++clients) {
            auto client = P::connect(server.local_endpoint().value()).value();
            std::string message = "hello from client " + std::to_string(clients), back(message.size(), ' ');
            client.write_all(message).value();
            client.read_exact(back).value();    // until the whole message is back
            CHECK(back == message);
        }
        other.join();
    }
}

TEST_CASE("the kernel has what we asked for") {
    auto server = tcp::listen({ipv4_address::loopback(), 0}).value();
    auto client = tcp::connect(server.local_endpoint().value(), no_delay{true}).value();
    int raw = 0;
    socklen_t size = sizeof raw;
    REQUIRE(::getsockopt(client.native_handle(), IPPROTO_TCP, TCP_NODELAY, &raw, &size) == 0);
    CHECK(raw == 1);
    sockaddr_in at{};
    size = sizeof at;
    REQUIRE(::getsockname(client.native_handle(), reinterpret_cast<sockaddr*>(&at), &size) == 0);
    CHECK(client.local_endpoint().value().port().number() == ntohs(at.sin_port));
    CHECK(client.local_endpoint().value().address() == ip_address(ipv4_address::loopback()));
    CHECK(client.peer_endpoint().value() == server.local_endpoint().value());
    CHECK(tcp::open(family::ipv4).value().peer_endpoint().error() == error(verb::peer_endpoint, std::errc::not_connected));
}

TEST_CASE("a port below 1024 and an address that is not ours are refused with the reason") {
    CHECK(tcp::listen({ipv4_address(192, 0, 2, 1), 0}).error() == error(verb::bind, std::errc::address_not_available));    // RFC 5737
    CHECK(tcp::open(family::ipv4).value().bind({ipv6_address::loopback(), 0}).error().operation() == verb::bind);
    auto own = tcp::open(family::ipv4).value();
    own.bind({ipv4_address(127, 1, 2, 3), 0}).value();    // our end may be chosen
    auto server = tcp::listen({ipv4_address::loopback(), 0}).value();
    own.connect(server.local_endpoint().value()).value();
    CHECK(server.accept_from().value().peer.endpoint() == own.local_endpoint().value());
}

TEST_CASE("a file is sent half-closed, and the answer comes back") {
    auto [sender, receiver] = support::connected<tcp>();
    std::thread other([&, &socket = receiver] {
        auto all = socket.read_to_end<std::string>().value();
        socket.write_all("got " + std::to_string(all.size())).value();
        socket.shutdown(direction::write).value();
    });
    auto size = sender.send_file("/etc/passwd").value();
    sender.shutdown(direction::write).value();
    CHECK(sender.read_to_end<std::string>().value() == "got " + std::to_string(size));
    other.join();
}
