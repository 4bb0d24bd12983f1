// SPDX-License-Identifier: BSL-1.0
#include <plumb/socket.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <netinet/in.h>
#include <string>
#include <sys/socket.h>

using namespace plumb;

// What a tag says of itself is known while compiling.
static_assert(stream_protocol<tcp> && connection_protocol<tcp> && !datagram_protocol<tcp> && !record_protocol<tcp>);
static_assert(datagram_protocol<udp> && !connection_protocol<udp>);
static_assert(stream_protocol<local::stream> && datagram_protocol<local::datagram> && record_protocol<local::seqpacket>);
static_assert(connection_protocol<local::seqpacket> && !stream_protocol<local::seqpacket>);
static_assert(datagram_protocol<icmp_v4> && datagram_protocol<icmp_v6> && datagram_protocol<packet> && datagram_protocol<generic>);
static_assert(!protocol<int> && !protocol<std::string> && !protocol<tcp::socket>);
static_assert(tcp::number == IPPROTO_TCP && udp::number == IPPROTO_UDP && icmp_v4::number == IPPROTO_ICMP && icmp_v6::number == IPPROTO_ICMPV6);
static_assert(std::same_as<tcp::endpoint_type, endpoint> && std::same_as<local::stream::endpoint_type, local_address>);
static_assert(local::stream::only_family == family::local && icmp_v4::only_family == family::ipv4);
static_assert(std::same_as<tcp::system, os::native>);

// What a protocol cannot do is not there.
template <class P>
concept listens = requires(typename P::endpoint_type at) { P::listen(at); };
template <class P>
concept pairs = requires { P::pair(); };
template <class S>
concept reads_exactly = requires(S& socket, mutable_bytes into) { socket.read_exact(into); };
template <class S>
concept sends_to = requires(S& socket, bytes from, typename S::endpoint_type to) { socket.send_to(from, to); };
template <class S>
concept reads = requires(S& socket, mutable_bytes into) { socket.read(into); };

static_assert(listens<tcp> && listens<local::stream> && listens<local::seqpacket>);
static_assert(!listens<udp> && !listens<local::datagram> && !listens<icmp_v4> && !listens<packet>);
static_assert(!pairs<tcp> && !pairs<udp> && pairs<local::stream> && pairs<local::datagram> && pairs<local::seqpacket>);
static_assert(reads_exactly<tcp::socket> && !reads_exactly<udp::socket> && !reads_exactly<tcp::acceptor> && !reads_exactly<local::seqpacket::socket>);
static_assert(!reads<tcp::acceptor> && !reads<udp::socket> && reads<local::stream::socket>);
static_assert(sends_to<udp::socket> && !sends_to<tcp::socket> && !sends_to<local::seqpacket::socket>);

TEST_CASE("the family of a socket follows from its address") {
    CHECK(detail::family_for<tcp>({ipv4_address::loopback(), 1}) == family::ipv4);
    CHECK(detail::family_for<tcp>({ipv6_address::loopback(), 1}) == family::ipv6);
    CHECK(detail::family_for<local::stream>(local_address()) == family::local);
    CHECK(os::number_of(family::ipv6) == AF_INET6);
}

TEST_CASE("the same port serves TCP and UDP at once") {
    for (int tries = 0; tries < 20; ++tries) {
        auto stream = tcp::listen({ipv4_address::loopback(), 0}).value();
        auto at = stream.local_endpoint().value();
        auto datagrams = udp::bind(at);
        if (!datagrams && tries < 19) continue;    // somebody else has it
        CHECK(datagrams.value().local_endpoint().value() == at);
        break;
    }
}
