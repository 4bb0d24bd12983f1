// SPDX-License-Identifier: BSL-1.0
#include <plumb/address.hpp>
#include <plumb/socket.hpp>

#include "options.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>

using namespace plumb;
using namespace plumb::literals;
using namespace std::chrono_literals;
using support::flag_trip, support::round_trip;

namespace {

const auto loopback_device = ipv6_scope::from_name("lo").value();

// One byte to a group, and whether it comes.
bool is_heard(udp::socket& listener, udp::socket& speaker, const endpoint& group) {
    std::array<std::byte, 1> byte{};
    REQUIRE(speaker.send_to(byte, group));
    return listener.receive_from(byte, within(50ms)).has_value();
}

}  // namespace

TEST_CASE("flags of IPv4 are what they were set to") {
    auto socket = udp::open(family::ipv4).value();
    flag_trip<free_bind>(socket, IPPROTO_IP, IP_FREEBIND);
    flag_trip<bind_address_no_port>(socket, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT);
    flag_trip<receive_errors>(socket, IPPROTO_IP, IP_RECVERR);
    flag_trip<receive_error_extensions>(socket, IPPROTO_IP, 26);
    flag_trip<receive_packet_info>(socket, IPPROTO_IP, IP_PKTINFO);
    flag_trip<receive_time_to_live>(socket, IPPROTO_IP, IP_RECVTTL);
    flag_trip<receive_type_of_service>(socket, IPPROTO_IP, IP_RECVTOS);
    flag_trip<receive_options>(socket, IPPROTO_IP, IP_RECVOPTS);
    flag_trip<receive_options_to_return>(socket, IPPROTO_IP, IP_RETOPTS);
    flag_trip<receive_original_destination>(socket, IPPROTO_IP, IP_RECVORIGDSTADDR);
    flag_trip<receive_checksum>(socket, IPPROTO_IP, IP_CHECKSUM);
    flag_trip<receive_fragment_size>(socket, IPPROTO_IP, IP_RECVFRAGSIZE);
    flag_trip<receive_security_context>(socket, IPPROTO_IP, IP_PASSSEC);
    flag_trip<multicast_loop>(socket, IPPROTO_IP, IP_MULTICAST_LOOP);
    flag_trip<multicast_all>(socket, IPPROTO_IP, IP_MULTICAST_ALL);
    auto outcome = socket.set(transparent{});
    CHECK((outcome || outcome.error() == std::errc::operation_not_permitted));
    if (outcome) CHECK(socket.get<transparent>().value());
}

TEST_CASE("numbers of IPv4 are what they were set to") {
    auto socket = udp::open(family::ipv4).value();
    round_trip(socket, time_to_live{7}, 7, IPPROTO_IP, IP_TTL, 7);
    round_trip(socket, type_of_service{0x10}, 0x10, IPPROTO_IP, IP_TOS, 0x10);
    round_trip(socket, minimum_time_to_live{255}, 255, IPPROTO_IP, IP_MINTTL, 255);
    round_trip(socket, multicast_ttl{0}, 0, IPPROTO_IP, IP_MULTICAST_TTL, 0);
    round_trip(socket, multicast_ttl{255}, 255, IPPROTO_IP, IP_MULTICAST_TTL, 255);
    CHECK(socket.set(time_to_live{0}).error() == std::errc::invalid_argument);
    for (auto mode : {path_mtu::cut, path_mtu::try_and_cut, path_mtu::refuse, path_mtu::probe, path_mtu::as_interface, path_mtu::interface_and_cut})
        round_trip(socket, path_mtu_discovery{mode}, mode, IPPROTO_IP, IP_MTU_DISCOVER, static_cast<int>(mode));
    round_trip(socket, unicast_interface{loopback_device}, 1, IPPROTO_IP, IP_UNICAST_IF, static_cast<int>(htonl(1)));
    round_trip(socket, unicast_interface{}, 0, IPPROTO_IP, IP_UNICAST_IF, 0);
    CHECK(socket.set(unicast_interface{ipv6_scope::from_name("no-such").value()}).error() == std::errc::no_such_device);
}

TEST_CASE("the size of the path is known once there is a peer") {
    auto socket = udp::open(family::ipv4).value();
    CHECK(socket.get<path_mtu_size>().error() == std::errc::not_connected);
    CHECK(socket.connect({ipv4_address::loopback(), 9}));
    CHECK(socket.get<path_mtu_size>().value() >= 1280);
}

TEST_CASE("a port can be chosen from a range of one's own") {
    auto socket = udp::open(family::ipv4).value();
    auto probe = udp::bind({ipv4_address::loopback(), 0}).value();
    auto only = probe.local_endpoint().value().port();
    probe.close();
    auto outcome = socket.set(local_port_range{only, only});
    if (!outcome) {
        CHECK(outcome.error() == std::errc::no_protocol_option);    // before Linux 6.3
        return;
    }
    CHECK((socket.get<local_port_range>().value() == local_port_range{only, only}));
    CHECK(socket.bind({ipv4_address::loopback(), 0}));
    CHECK(socket.local_endpoint().value().port() == only);
    auto six = tcp::open(family::ipv6).value();
    CHECK(six.set(local_port_range{20'000, 30'000}));
}

TEST_CASE("an address that is not ours can be bound when that was asked for") {
    auto foreign = endpoint(ipv4_address(192, 0, 2, 1), 0);
    CHECK(udp::bind(foreign).error() == std::errc::address_not_available);
    CHECK(udp::bind(foreign, free_bind{}));
}

TEST_CASE("a bound address can leave its port open until the peer is known") {
    auto server = tcp::listen({ipv4_address::loopback(), 0}).value();
    auto client = tcp::bind({ipv4_address::loopback(), 0}, bind_address_no_port{}).value();
    CHECK(client.local_endpoint().value().port() == port::any());
    CHECK(client.connect(server.local_endpoint().value()));
    CHECK(client.local_endpoint().value().port() != port::any());
}

TEST_CASE("a group is heard from joining to leaving") {
    auto group = "239.255.77.1"_ip;
    auto listener = udp::bind({ipv4_address::any(), 0}, multicast_all{false}).value();
    auto speaker = udp::open(family::ipv4, multicast_interface{loopback_device}, multicast_ttl{0}).value();
    auto to = endpoint(group, listener.local_endpoint().value().port());
    CHECK(!is_heard(listener, speaker, to));
    CHECK(listener.set(join_group{group, loopback_device}));
    CHECK(listener.set(join_group{group, loopback_device}).error() == std::errc::address_in_use);
    CHECK(is_heard(listener, speaker, to));
    CHECK(listener.set(leave_group{group, loopback_device}));
    CHECK(!is_heard(listener, speaker, to));
    CHECK(listener.set(leave_group{group, loopback_device}).error() == std::errc::address_not_available);
    CHECK(listener.set(join_group{"10.0.0.1"_ip, loopback_device}).error() == std::errc::invalid_argument);
}

TEST_CASE("one sender of a group can be chosen or shut out") {
    auto group = "239.255.77.2"_ip;
    auto here = "127.0.0.1"_ip;
    auto listener = udp::bind({ipv4_address::any(), 0}, multicast_all{false}).value();
    auto speaker = udp::bind({ipv4_address::loopback(), 0}, multicast_interface{loopback_device}).value();
    auto to = endpoint(group, listener.local_endpoint().value().port());
    CHECK(listener.set(join_source{group, "127.0.0.9"_ip, loopback_device}));
    CHECK(!is_heard(listener, speaker, to));
    CHECK(listener.set(join_source{group, here, loopback_device}));
    CHECK(is_heard(listener, speaker, to));
    CHECK(listener.set(leave_source{group, here, loopback_device}));
    CHECK(!is_heard(listener, speaker, to));
    CHECK(listener.set(leave_source{group, "127.0.0.9"_ip, loopback_device}));
    CHECK(listener.set(join_group{group, loopback_device}));
    CHECK(listener.set(block_source{group, here, loopback_device}));
    CHECK(!is_heard(listener, speaker, to));
    CHECK(listener.set(unblock_source{group, here, loopback_device}));
    CHECK(is_heard(listener, speaker, to));
}

TEST_CASE("a raw socket has options of its own") {
    auto socket = icmp_v4::open();
    if (!socket) {
        CHECK(socket.error() == std::errc::operation_not_permitted);
        return;
    }
    flag_trip<header_included>(*socket, IPPROTO_IP, IP_HDRINCL);
    flag_trip<keep_fragments>(*socket, IPPROTO_IP, IP_NODEFRAG);
    CHECK(socket->set(receive_router_alert{}));
    auto number = socket->get<raw_protocol_number>();
    if (number) CHECK(*number == IPPROTO_ICMP);
    else CHECK(number.error() == std::errc::no_protocol_option);
}
