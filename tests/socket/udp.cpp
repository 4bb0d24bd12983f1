// SPDX-License-Identifier: BSL-1.0
#include <plumb/socket.hpp>

#include <doctest/doctest.h>

#include "loopback.hpp"

#include <array>
#include <chrono>
#include <string>
#include <thread>

using namespace plumb;
using namespace std::chrono_literals;

TEST_CASE_TEMPLATE("an echo server for messages", P, udp, faulty<udp>, traced<udp>) {
    for (auto at : {endpoint(ipv4_address::loopback(), 0), endpoint(ipv6_address::loopback(), 0)}) {
        auto server = P::bind(at).value();
        std::thread other([&] {
            support::weather<P> bad;
            std::array<std::byte, 65'507> buffer;
            for (int messages = 0; messages < 20; ++messages) {
                auto letter = server.receive_from(buffer).value();
                server.send_to(std::span(buffer).first(letter.size), letter.sender).value();
            }
        });
        support::weather<P> bad;
        auto client = P::connect(server.local_endpoint().value()).value();
        for (int messages = 0; messages < 20; ++messages) {
            std::string message(static_cast<std::size_t>(messages) * 500, 'x'), back(10'000, ' ');
            client.send(message).value();
            CHECK(client.receive(back, within(5s)).value().size == message.size());
        }
        other.join();
    }
}

TEST_CASE("a port of UDP belongs to one socket") {
    auto first = udp::bind({ipv4_address::loopback(), 0}).value();
    CHECK(udp::bind(first.local_endpoint().value()).error() == error(verb::bind, std::errc::address_in_use));
}

TEST_CASE("sockets for IPv6 and for IPv4 have a port each") {
    CHECK(udp::bind({ipv6_address::any(), 0}).value().get<v6_only>().value());
    CHECK(support::share_a_port([] { return udp::bind({ipv6_address::any(), 0}); },
                                [](port taken) { return udp::bind({ipv4_address::any(), taken}); }));
}

TEST_CASE("an address of the other family is refused") {
    auto four = udp::open(family::ipv4).value();
    CHECK(four.send_to("x", {ipv6_address::loopback(), 9}).error() == error(verb::send, std::errc::address_family_not_supported));
    CHECK(four.send_to("x", {ipv4_address::loopback(), 9}).has_value());
}

TEST_CASE("a scope that names no interface is told as such") {
    auto nowhere = endpoint::parse("[fe80::1%plumb-nowhere]:9").value();
    auto six = udp::open(family::ipv6).value();
    CHECK(six.send_to("x", nowhere).error() == error(verb::send, std::errc::no_such_device));
    CHECK(udp::bind(nowhere).error() == error(verb::bind, std::errc::no_such_device));
    CHECK(tcp::connect(nowhere).error() == error(verb::connect, std::errc::no_such_device));
    CHECK(tcp::listen(nowhere).error().operation() == verb::listen);
    CHECK(udp::connect(endpoint::parse("[fe80::1]:9").value()).error() == std::errc::invalid_argument);    // link-local without a scope
}
