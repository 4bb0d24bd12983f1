// SPDX-License-Identifier: BSL-1.0
#include <plumb/socket.hpp>

#include "options.hpp"

#include <netinet/in.h>
#include <netinet/udp.h>

using namespace plumb;
using namespace std::chrono_literals;
using support::flag_trip, support::round_trip;

TEST_CASE("options of UDP are what they were set to") {
    auto socket = udp::open(family::ipv6).value();
    flag_trip<cork_datagram>(socket, IPPROTO_UDP, UDP_CORK);
    flag_trip<no_checksum_v6>(socket, IPPROTO_UDP, UDP_NO_CHECK6_TX);
    flag_trip<accept_no_checksum_v6>(socket, IPPROTO_UDP, UDP_NO_CHECK6_RX);
    flag_trip<receive_joined>(socket, IPPROTO_UDP, UDP_GRO);
    round_trip(socket, segment_size{1200}, 1200, IPPROTO_UDP, UDP_SEGMENT, 1200);
    round_trip(socket, segment_size{0}, 0, IPPROTO_UDP, UDP_SEGMENT, 0);
    auto four = udp::open(family::ipv4).value();
    flag_trip<no_checksum>(four, SOL_SOCKET, SO_NO_CHECK);
    round_trip(four, encapsulation{udp_content::nothing}, udp_content::nothing, IPPROTO_UDP, UDP_ENCAP, 0);
}

TEST_CASE("held back datagrams leave as one") {
    auto receiver = udp::bind({ipv4_address::loopback(), 0}).value();
    auto sender = udp::connect(receiver.local_endpoint().value(), cork_datagram{}).value();
    CHECK(sender.send("one"));
    CHECK(sender.send("two"));
    CHECK(sender.set(cork_datagram{false}));
    std::array<std::byte, 16> buffer;
    CHECK(receiver.receive_from(buffer, within(5s)).value().size == 6);
}

TEST_CASE("one send can be cut into many datagrams") {
    auto receiver = udp::bind({ipv4_address::loopback(), 0}).value();
    auto sender = udp::connect(receiver.local_endpoint().value(), segment_size{4}).value();
    CHECK(sender.send("aaaabbbbcc"));
    std::array<std::byte, 16> buffer;
    CHECK(receiver.receive_from(buffer, within(5s)).value().size == 4);
    CHECK(receiver.receive_from(buffer, within(5s)).value().size == 4);
    CHECK(receiver.receive_from(buffer, within(5s)).value().size == 2);
}
