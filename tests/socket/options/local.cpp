// SPDX-License-Identifier: BSL-1.0
#include <plumb/socket.hpp>

#include "options.hpp"

#include <unistd.h>

using namespace plumb;
using support::flag_trip;

TEST_CASE("the peer of a local connection is known") {
    auto [left, right] = local::stream::pair().value();
    auto peer = left.get<peer_credentials>().value();
    CHECK(peer.process == ::getpid());
    CHECK(peer.user == ::geteuid());
    CHECK(peer.group == ::getegid());

    auto count = ::getgroups(0, nullptr);
    std::vector<gid_t> groups(static_cast<std::size_t>(count));
    REQUIRE(::getgroups(count, groups.data()) == count);
    CHECK((left.get<peer_groups>().value() == std::vector<std::uint32_t>(groups.begin(), groups.end())));
}

TEST_CASE("a label of the peer is read where the kernel has labels") {
    auto [left, right] = local::stream::pair().value();
    auto label = left.get<peer_security_context>();
    if (label) CHECK(label->find('\0') == std::string::npos);
    else CHECK(label.error() == std::errc::no_protocol_option);
}

TEST_CASE("flags of local sockets are what they were set to") {
    auto [left, right] = local::stream::pair().value();
    flag_trip<pass_credentials>(left, SOL_SOCKET, SO_PASSCRED);
    flag_trip<pass_security_context>(left, SOL_SOCKET, SO_PASSSEC);
    flag_trip<pass_process_descriptor>(left, SOL_SOCKET, 76);
    flag_trip<pass_descriptors>(left, SOL_SOCKET, 83);
    auto outcome = left.set(report_queued_local_bytes{});
    CHECK((outcome || outcome.error() == std::errc::no_protocol_option));
    auto datagrams = local::datagram::open().value();
    flag_trip<pass_credentials>(datagrams, SOL_SOCKET, SO_PASSCRED);
    auto records = local::seqpacket::open().value();
    flag_trip<pass_credentials>(records, SOL_SOCKET, SO_PASSCRED);
}

TEST_CASE("buffers of local sockets are doubled too") {
    auto [left, right] = local::stream::pair().value();
    support::round_trip(left, send_buffer_size{10'000}, 20'000, SOL_SOCKET, SO_SNDBUF, 20'000);
    support::round_trip(left, receive_buffer_size{10'000}, 20'000, SOL_SOCKET, SO_RCVBUF, 20'000);
}
