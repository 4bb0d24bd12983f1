// SPDX-License-Identifier: BSL-1.0
#include <plumb/socket.hpp>

#include "options.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>

using namespace plumb;
using namespace std::chrono_literals;
using support::flag_trip, support::round_trip;

namespace {

struct connection {
    tcp::acceptor server = tcp::listen({ipv4_address::loopback(), 0}).value();
    tcp::socket client = tcp::connect(server.local_endpoint().value()).value();
    tcp::socket peer = server.accept().value();
};

}  // namespace

TEST_CASE("flags of TCP are what they were set to") {
    auto socket = tcp::open(family::ipv4).value();
    flag_trip<no_delay>(socket, IPPROTO_TCP, TCP_NODELAY);
    flag_trip<cork>(socket, IPPROTO_TCP, TCP_CORK);
    flag_trip<quick_ack>(socket, IPPROTO_TCP, TCP_QUICKACK);
    flag_trip<fast_open_connect>(socket, IPPROTO_TCP, TCP_FASTOPEN_CONNECT);
    flag_trip<fast_open_without_cookie>(socket, IPPROTO_TCP, TCP_FASTOPEN_NO_COOKIE);
    flag_trip<report_queued_bytes>(socket, IPPROTO_TCP, TCP_INQ);
    flag_trip<thin_linear_timeouts>(socket, IPPROTO_TCP, TCP_THIN_LINEAR_TIMEOUTS);
    flag_trip<save_first_segment>(socket, IPPROTO_TCP, TCP_SAVE_SYN);
    CHECK(socket.set(thin_early_repeat{}));
}

TEST_CASE("durations of TCP are what they were set to, in the kernel's unit") {
    auto socket = tcp::open(family::ipv6).value();
    round_trip(socket, keep_alive_idle{2min}, 120s, IPPROTO_TCP, TCP_KEEPIDLE, 120);
    round_trip(socket, keep_alive_interval{7s}, 7s, IPPROTO_TCP, TCP_KEEPINTVL, 7);
    round_trip(socket, keep_alive_count{3}, 3, IPPROTO_TCP, TCP_KEEPCNT, 3);
    round_trip(socket, syn_count{5}, 5, IPPROTO_TCP, TCP_SYNCNT, 5);
    round_trip(socket, user_timeout{800ms}, 800ms, IPPROTO_TCP, TCP_USER_TIMEOUT, 800);
    round_trip(socket, user_timeout{off}, off, IPPROTO_TCP, TCP_USER_TIMEOUT, 0);
    round_trip(socket, closing_limit{20s}, 20s, IPPROTO_TCP, TCP_LINGER2, 20);
    round_trip(socket, transmit_delay{1ms}, 1000us, IPPROTO_TCP, TCP_TX_DELAY, 1000);
    round_trip(socket, transmit_delay{off}, off, IPPROTO_TCP, TCP_TX_DELAY, 0);
    round_trip(socket, longest_retransmission_timeout{5s}, 5000ms, IPPROTO_TCP, 44, 5000);
    round_trip(socket, shortest_retransmission_timeout{100ms}, 100'000us, IPPROTO_TCP, 45, 100'000);
    round_trip(socket, longest_acknowledgement_delay{20ms}, 20'000us, IPPROTO_TCP, 46, 20'000);
    auto system_limit = std::chrono::seconds(support::kernel_setting("net/ipv4/tcp_fin_timeout"));
    CHECK(socket.set(closing_limit{off}));
    CHECK(socket.get<closing_limit>().value().value() == system_limit);
}

TEST_CASE("durations that TCP cannot have are invalid_argument") {
    struct row {
        result<void> outcome;
        const char* reason;
    };
    auto socket = tcp::open(family::ipv4).value();
    const row rows[] = {
        {socket.set(keep_alive_idle{0s}), "zero"},
        {socket.set(keep_alive_idle{-1s}), "negative"},
        {socket.set(keep_alive_idle{24h}), "more than 32,767 s: the kernel says so"},
        {socket.set(keep_alive_interval{0s}), "zero"},
        {socket.set(user_timeout{0ms}), "zero would be off: say so"},
        {socket.set(user_timeout{-1ms}), "negative"},
        {socket.set(closing_limit{-1s}), "negative would be for ever"},
        {socket.set(defer_accept{0s}), "zero would be off: say so"},
        {socket.set(keep_alive_count{0}), "no question at all"},
    };
    for (auto& [outcome, reason] : rows) {
        CAPTURE(reason);
        REQUIRE(!outcome);
        CHECK(outcome.error() == std::errc::invalid_argument);
    }
    CHECK(socket.set(user_timeout{std::chrono::milliseconds::max()}));    // the longest there is
    CHECK(socket.get<user_timeout>().value().value() == std::chrono::milliseconds(0x7fff'ffff));
}

TEST_CASE("sizes of TCP are what they were set to") {
    auto socket = tcp::open(family::ipv4).value();
    round_trip(socket, not_sent_low_water_mark{16'384}, 16'384, IPPROTO_TCP, TCP_NOTSENT_LOWAT, 16'384);
    round_trip(socket, window_clamp{65'536}, 65'536, IPPROTO_TCP, TCP_WINDOW_CLAMP, 65'536);
    CHECK(socket.set(max_segment_size{1000}));
    CHECK(socket.set(max_segment_size{10}).error() == std::errc::invalid_argument);
    connection made;
    CHECK(made.client.get<max_segment_size>().value() > 500);
}

TEST_CASE("a segment is no larger than both ends want") {
    auto server = tcp::listen({ipv4_address::loopback(), 0}, max_segment_size{700}).value();
    auto client = tcp::connect(server.local_endpoint().value()).value();
    CHECK(client.get<max_segment_size>().value() <= 700);
    CHECK(client.get<connection_info>().value().send_segment_size <= 700);
}

TEST_CASE("texts of TCP are what they were set to") {
    auto socket = tcp::open(family::ipv4).value();
    CHECK(socket.set(congestion_control{"reno"}));
    CHECK(socket.get<congestion_control>().value() == "reno");
    CHECK(socket.set(congestion_control{"no-such"}).error() == std::errc::no_such_file_or_directory);
    CHECK(socket.set(congestion_control{"a-name-of-more-than-15"}).error() == std::errc::filename_too_long);
    CHECK(socket.get<congestion_control>().value() == "reno");
    CHECK(socket.get<upper_layer>().value() == "");
    CHECK(!socket.set(upper_layer{"no-such"}));
}

TEST_CASE("an acceptor can wait for the first bytes, and take them early") {
    auto server = tcp::listen({ipv4_address::loopback(), 0}, defer_accept{5s}, fast_open{16}).value();
    CHECK(server.get<fast_open>().value() == 16);
    CHECK(server.get<defer_accept>().value().value() >= 5s);
    auto client = tcp::connect(server.local_endpoint().value()).value();
    CHECK(server.accept(within(50ms)).error() == condition::timed_out);    // connected, but silent
    CHECK(client.write_all("x"));
    CHECK(server.accept(within(5s)));
    CHECK(server.set(defer_accept{off}));
    CHECK(server.get<defer_accept>().value() == off);
}

TEST_CASE("the key of fast open is kept as it is") {
    auto server = tcp::listen({ipv4_address::loopback(), 0}).value();
    std::array<std::byte, 16> key;
    for (unsigned char i = 0; i < key.size(); ++i) key[i] = std::byte(i);
    CHECK(tcp::open(family::ipv4).value().get<fast_open_key>());
    CHECK(server.set(fast_open_key{key}));
    CHECK((server.get<fast_open_key>().value() == std::vector<std::byte>(key.begin(), key.end())));
}

TEST_CASE("the first segment can be looked at afterwards, once") {
    auto server = tcp::listen({ipv4_address::loopback(), 0}, save_first_segment{}).value();
    auto client = tcp::connect(server.local_endpoint().value()).value();
    auto peer = server.accept().value();
    auto segment = peer.get<saved_first_segment>().value();
    REQUIRE(segment.size() >= 40);
    CHECK((segment[0] & std::byte(0xf0)) == std::byte(0x40));    // the version in an IPv4 header
    CHECK((segment[33] & std::byte(0x02)) == std::byte(0x02));   // the SYN in the TCP header behind its 20 bytes
    CHECK(peer.get<saved_first_segment>().value().empty());
    CHECK(client.get<saved_first_segment>().value().empty());
}

TEST_CASE("a plain connection is not multipath") {
    connection made;
    auto answer = made.client.get<is_multipath>();
    if (answer) CHECK(!*answer);
    else CHECK(answer.error() == std::errc::no_protocol_option);
}

TEST_CASE("held back bytes wait for more, or for the end of holding back") {
    connection made;
    CHECK(made.client.set(cork{}));
    CHECK(made.client.write_all("held"));
    CHECK(made.client.get<connection_info>().value().data_segments_sent == 0);
    CHECK(made.client.set(cork{false}));
    std::array<std::byte, 16> buffer;
    CHECK(made.peer.read(buffer, within(5s)).value() == 4);
    CHECK(made.client.get<connection_info>().value().data_segments_sent == 1);
}
