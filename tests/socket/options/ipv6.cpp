// SPDX-License-Identifier: BSL-1.0
#include <plumb/address.hpp>
#include <plumb/socket.hpp>

#include "loopback.hpp"
#include "options.hpp"

#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>

using namespace plumb;
using namespace plumb::literals;
using namespace std::chrono_literals;
using support::flag_trip, support::round_trip;

namespace {

const auto loopback_device = ipv6_scope::from_name("lo").value();

// An interface that multicast can leave by, set in the speaker; none where there is none.
ipv6_scope multicast_device(udp::socket& speaker, const endpoint& group) {
    std::array<std::byte, 1> byte{};
    auto devices = ::if_nameindex();
    ipv6_scope found;
    for (auto one = devices; one && one->if_index != 0 && found.is_none(); ++one) {
        auto device = ipv6_scope::from_number(one->if_index);
        REQUIRE(speaker.set(multicast_interface_v6{device}));
        if (speaker.send_to(byte, group)) found = device;
    }
    ::if_freenameindex(devices);
    return found;
}

// One byte to a group, and whether it comes.
bool is_heard(udp::socket& listener, udp::socket& speaker, const endpoint& group) {
    std::array<std::byte, 1> byte{};
    REQUIRE(speaker.send_to(byte, group));
    return listener.receive_from(byte, within(50ms)).has_value();
}

}  // namespace

TEST_CASE("flags of IPv6 are what they were set to") {
    auto socket = udp::open(family::ipv6).value();
    flag_trip<v6_only>(socket, IPPROTO_IPV6, IPV6_V6ONLY);
    flag_trip<do_not_fragment>(socket, IPPROTO_IPV6, IPV6_DONTFRAG);
    flag_trip<free_bind_v6>(socket, IPPROTO_IPV6, IPV6_FREEBIND);
    flag_trip<automatic_flow_label>(socket, IPPROTO_IPV6, IPV6_AUTOFLOWLABEL);
    flag_trip<send_flow_info>(socket, IPPROTO_IPV6, 33);
    flag_trip<receive_errors_v6>(socket, IPPROTO_IPV6, IPV6_RECVERR);
    flag_trip<receive_error_extensions_v6>(socket, IPPROTO_IPV6, 31);
    flag_trip<receive_packet_info_v6>(socket, IPPROTO_IPV6, IPV6_RECVPKTINFO);
    flag_trip<receive_hop_limit>(socket, IPPROTO_IPV6, IPV6_RECVHOPLIMIT);
    flag_trip<receive_traffic_class>(socket, IPPROTO_IPV6, IPV6_RECVTCLASS);
    flag_trip<receive_flow_info>(socket, IPPROTO_IPV6, 11);
    flag_trip<receive_path_mtu>(socket, IPPROTO_IPV6, IPV6_RECVPATHMTU);
    flag_trip<receive_original_destination_v6>(socket, IPPROTO_IPV6, IPV6_RECVORIGDSTADDR);
    flag_trip<receive_fragment_size_v6>(socket, IPPROTO_IPV6, IPV6_RECVFRAGSIZE);
    flag_trip<receive_routing_header>(socket, IPPROTO_IPV6, IPV6_RECVRTHDR);
    flag_trip<multicast_loop_v6>(socket, IPPROTO_IPV6, IPV6_MULTICAST_LOOP);
    flag_trip<multicast_all_v6>(socket, IPPROTO_IPV6, IPV6_MULTICAST_ALL);
    for (auto outcome : {socket.set(receive_hop_options{}), socket.set(receive_destination_options{}), socket.set(transparent_v6{})})
        CHECK((outcome || outcome.error() == std::errc::operation_not_permitted));
}

TEST_CASE("numbers of IPv6 are what they were set to") {
    auto socket = udp::open(family::ipv6).value();
    round_trip(socket, hop_limit{7}, 7, IPPROTO_IPV6, IPV6_UNICAST_HOPS, 7);
    round_trip(socket, traffic_class{0x10}, 0x10, IPPROTO_IPV6, IPV6_TCLASS, 0x10);
    round_trip(socket, minimum_hop_limit{255}, 255, IPPROTO_IPV6, IPV6_MINHOPCOUNT, 255);
    round_trip(socket, multicast_hops{0}, 0, IPPROTO_IPV6, IPV6_MULTICAST_HOPS, 0);
    round_trip(socket, multicast_hops{255}, 255, IPPROTO_IPV6, IPV6_MULTICAST_HOPS, 255);
    for (auto mode : {path_mtu::cut, path_mtu::try_and_cut, path_mtu::refuse, path_mtu::probe, path_mtu::as_interface, path_mtu::interface_and_cut})
        round_trip(socket, path_mtu_discovery_v6{mode}, mode, IPPROTO_IPV6, IPV6_MTU_DISCOVER, static_cast<int>(mode));
    round_trip(socket, multicast_interface_v6{loopback_device}, 1, IPPROTO_IPV6, IPV6_MULTICAST_IF, 1);
    round_trip(socket, unicast_interface_v6{loopback_device}, 1, IPPROTO_IPV6, IPV6_UNICAST_IF, static_cast<int>(htonl(1)));
    CHECK(socket.set(source_preference{address_kind::lasting}));
    CHECK((static_cast<int>(socket.get<source_preference>().value()) & 2) == 2);
}

TEST_CASE("the size of the path over IPv6 can be made smaller and is told") {
    auto socket = udp::open(family::ipv6).value();
    CHECK(socket.get<path_mtu_size_v6>().error() == std::errc::not_connected);
    CHECK(socket.connect({ipv6_address::loopback(), 9}));
    CHECK(socket.get<path_mtu_size_v6>().value() > 1280);
    CHECK(socket.set(path_mtu_size_v6{1280}));
    CHECK(socket.set(path_mtu_size_v6{100}).error() == std::errc::invalid_argument);
}

TEST_CASE("IPv6 and IPv4 share a port unless one socket was told to take both") {
    CHECK(tcp::listen({ipv6_address::any(), 0}).value().get<v6_only>().value());
    CHECK(support::share_a_port([] { return tcp::listen({ipv6_address::any(), 0}); },
                                [](port taken) { return tcp::listen({ipv4_address::any(), taken}); }));

    auto both = tcp::listen({ipv6_address::any(), 0}, v6_only{false}).value();
    auto number = both.local_endpoint().value().port();
    CHECK(!both.get<v6_only>().value());
    CHECK(tcp::listen({ipv4_address::any(), number}).error() == std::errc::address_in_use);
    CHECK(tcp::connect({ipv4_address::loopback(), number}));
}

TEST_CASE("an option of IPv6 on an IPv4 socket is no_protocol_option") {
    auto socket = udp::open(family::ipv4).value();
    CHECK(socket.set(hop_limit{7}).error() == std::errc::no_protocol_option);
    CHECK(socket.get<hop_limit>().error() == std::errc::operation_not_supported);
}

TEST_CASE("an IPv6 group is heard from joining to leaving, and by this machine only if it wants") {
    auto group = "ff02::77:1"_ip;
    auto listener = udp::bind({ipv6_address::any(), 0}, multicast_all_v6{false}).value();
    auto speaker = udp::open(family::ipv6, multicast_hops{0}).value();    // stays on this machine
    auto to = endpoint(group, listener.local_endpoint().value().port());
    auto device = multicast_device(speaker, to);
    if (device.is_none()) {
        MESSAGE("no interface here has a route for IPv6 multicast");
        return;
    }
    CHECK(!is_heard(listener, speaker, to));
    CHECK(listener.set(join_group{group, device}));
    CHECK(is_heard(listener, speaker, to));
    CHECK(speaker.set(multicast_loop_v6{false}));
    CHECK(!is_heard(listener, speaker, to));
    CHECK(speaker.set(multicast_loop_v6{true}));
    CHECK(listener.set(leave_group{group, device}));
    CHECK(!is_heard(listener, speaker, to));
    auto scoped = ipv6_address(group.v6().to_bytes(), device);    // the group's own scope is the interface
    CHECK(listener.set(join_group{scoped}));
    CHECK(is_heard(listener, speaker, to));
    CHECK(listener.set(leave_group{scoped}));
    CHECK(!is_heard(listener, speaker, to));
}

TEST_CASE("an anycast address is joined with privilege alone") {
    auto socket = udp::open(family::ipv6).value();
    auto outcome = socket.set(join_anycast{ipv6_address::parse("2001:db8::1%lo").value()});
    if (outcome) CHECK(socket.set(leave_anycast{ipv6_address::parse("2001:db8::1%lo").value()}));
    else CHECK((outcome.error() == std::errc::operation_not_permitted || outcome.error() == std::errc::address_not_available));
}

TEST_CASE("a raw IPv6 socket has options of its own") {
    auto socket = icmp_v6::open();
    if (!socket) {
        CHECK(socket.error() == std::errc::operation_not_permitted);
        return;
    }
    flag_trip<header_included_v6>(*socket, IPPROTO_IPV6, IPV6_HDRINCL);
}
