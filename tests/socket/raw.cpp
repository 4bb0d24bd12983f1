// SPDX-License-Identifier: BSL-1.0
#include <plumb/socket.hpp>

#include <doctest/doctest.h>

#include <array>
#include <chrono>
#include <cstring>
#include <net/if.h>
#include <netinet/in.h>
#include <string>
#include <sys/socket.h>
#include <unistd.h>

using namespace plumb;
using namespace std::chrono_literals;

namespace {

// The header of an echo request. RFC 792, RFC 4443 section 4.1.
struct echo {
    std::uint8_t type, code;
    big<std::uint16_t> checksum, identifier, sequence;
};

bool is_root() { return ::geteuid() == 0; }

}  // namespace

TEST_CASE("raw sockets open with the privilege, and say what is missing without it") {
    auto expect = [](const auto& opened) {
        if (is_root()) CHECK(opened.has_value());
        else CHECK(opened.error() == error(verb::open, std::errc::operation_not_permitted));
    };
    expect(icmp_v4::open());
    expect(icmp_v6::open());
    expect(packet::open());
    auto ping = icmp_v4::ping::open();
    CHECK((ping || ping.error() == error(verb::open, std::errc::permission_denied)));
}

TEST_CASE("an echo request to this host is answered") {
    if (!is_root()) return;
    auto socket = icmp_v6::open().value();
    echo request{128, 0, 0, 0x1234, 7};    // the kernel fills in the checksum of ICMPv6
    auto self = endpoint(ipv6_address::loopback(), 0);
    socket.connect(self).value();          // its endpoints have no ports
    CHECK(socket.send_to(bytes_of(request), self).value() == sizeof request);
    for (;;) {
        echo answer{};
        auto letter = socket.receive_from(mutable_bytes_of(answer), within(5s)).value();
        if (answer.type != 129) continue;    // our own request comes by as well
        CHECK(answer.identifier == 0x1234);
        CHECK(answer.sequence == 7);
        CHECK(letter.sender.endpoint().address() == ip_address(ipv6_address::loopback()));
        break;
    }
}

TEST_CASE("what comes in by ICMP has the IP header in front") {
    if (!is_root()) return;
    auto socket = icmp_v4::open().value();
    echo request{8, 0, 0, 0x4321, 1};
    std::uint32_t sum = 0x0800 + 0x4321 + 1;
    request.checksum = static_cast<std::uint16_t>(~(sum + (sum >> 16)));    // RFC 1071
    socket.send_to(bytes_of(request), endpoint(ipv4_address::loopback(), 0)).value();
    std::array<std::byte, 100> packet_bytes{};
    for (;;) {
        auto letter = socket.receive_from(packet_bytes, within(5s)).value();
        CHECK(letter.size == 20 + sizeof request);
        if (packet_bytes[20] != std::byte{0}) continue;    // not the answer yet
        CHECK((packet_bytes[0] >> 4) == std::byte{4});
        CHECK(letter.sender.endpoint() == endpoint(ipv4_address::loopback(), 0));
        break;
    }
}

TEST_CASE("whole frames are seen on the loopback") {
    if (!is_root()) return;
    auto loopback = ::if_nametoindex("lo");
    auto socket = packet::open().value();
    socket.bind(link_address(loopback, 0x0003)).value();    // every protocol
    auto server = udp::bind({ipv4_address::loopback(), 0}).value();
    udp::connect(server.local_endpoint().value()).value().send("look for me").value();
    std::array<char, 2000> frame;
    for (;;) {
        auto seen = socket.receive_from(frame, within(5s)).value();
        if (std::string_view(frame.data(), seen.size).find("look for me") == std::string_view::npos) continue;
        CHECK(seen.sender.endpoint().interface_index() == loopback);
        CHECK(seen.sender.endpoint().protocol() == 0x0800);    // IPv4
        break;
    }
    CHECK(socket.local_endpoint().value().interface_index() == loopback);
}

TEST_CASE("any other triple can be tried") {
    CHECK(generic::open(4, SOCK_DGRAM, 0).error() == error(verb::open, std::errc::address_family_not_supported));    // IPX, gone from Linux
    CHECK(generic::open(AF_INET, SOCK_SEQPACKET, 132).error().operation() == verb::open);                            // SCTP
    CHECK_FALSE(generic::open(AF_INET, 77, 0).has_value());
    auto socket = generic::open(AF_INET, SOCK_DGRAM, IPPROTO_UDP).value();
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socket.bind(generic_address(bytes(&at, sizeof at))).value();
    auto raw = socket.local_endpoint().value();
    CHECK(raw.to_bytes().size() == sizeof at);
    std::memcpy(&at, raw.to_bytes().data(), sizeof at);
    CHECK(at.sin_port != 0);
    CHECK(socket.send_to("x", raw).value() == 1);
    char buffer[4];
    auto letter = socket.receive_from(buffer, within(5s)).value();
    CHECK(letter.size == 1);
    CHECK(letter.sender.endpoint() == raw);
}
