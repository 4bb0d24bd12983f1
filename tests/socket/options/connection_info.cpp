// SPDX-License-Identifier: BSL-1.0
#include <plumb/socket.hpp>

#include <doctest/doctest.h>

#include <cstring>

using namespace plumb;
using namespace std::chrono_literals;

namespace {

// Waits until a socket is in a state: the peer's segment is on its way.
template <class Socket>
bool reaches(Socket& socket, connection_state state) {
    for (auto limit = tcp::now() + 5s; tcp::now() < limit;)
        if (socket.template get<connection_info>().value().state == state) return true;
    return false;
}

// A kernel that knows only the first Size bytes of the answer, or gives More than we asked for room.
template <std::size_t Size>
struct older_kernel : os::native {
    static result<std::size_t> get_option(os::handle socket, int level, int name, mutable_bytes into) noexcept {
        auto size = os::native::get_option(socket, level, name, into.first(Size));
        for (auto& byte : into.subspan(Size)) REQUIRE(byte == std::byte{});    // what is not written is no leftover
        return size;
    }
};

struct older_tcp : tcp::on<older_tcp, older_kernel<104>> {};
struct oldest_tcp : tcp::on<oldest_tcp, older_kernel<1>> {};

}  // namespace

TEST_CASE("the state of a connection follows its life") {
    auto server = tcp::listen({ipv4_address::loopback(), 0}).value();
    CHECK(server.get<connection_info>().value().state == connection_state::listening);
    auto client = tcp::open(family::ipv4).value();
    CHECK(client.get<connection_info>().value().state == connection_state::closed);
    CHECK(client.connect(server.local_endpoint().value()));
    CHECK(client.get<connection_info>().value().state == connection_state::established);
    auto peer = server.accept().value();
    CHECK(peer.get<connection_info>().value().state == connection_state::established);
    CHECK(peer.shutdown(direction::write));
    CHECK(reaches(peer, connection_state::fin_wait_2));
    CHECK(reaches(client, connection_state::close_wait));
    CHECK(client.shutdown(direction::write));
    CHECK(reaches(client, connection_state::closed));
}

TEST_CASE("an acceptor tells how many wait to be accepted") {
    auto server = tcp::listen({ipv4_address::loopback(), 0}).value();
    auto waiting = [&] { return server.get<connection_info>().value().unacknowledged; };
    CHECK(waiting() == 0);
    auto first = tcp::connect(server.local_endpoint().value()).value();
    auto second = tcp::connect(server.local_endpoint().value()).value();
    CHECK(waiting() == 2);
    CHECK(server.accept());
    CHECK(waiting() == 1);
    CHECK(server.get<connection_info>().value().selectively_acknowledged > 0);    // the most that may
}

TEST_CASE("what was sent is counted at both ends") {
    auto server = tcp::listen({ipv4_address::loopback(), 0}).value();
    auto client = tcp::connect(server.local_endpoint().value(), no_delay{}).value();
    auto peer = server.accept().value();
    for (int i = 0; i < 3; ++i) {
        CHECK(client.write_all("0123456789"));
        std::array<std::byte, 10> buffer;
        CHECK(peer.read_exact(buffer));
    }
    CHECK(peer.write_all("answer"));    // it acknowledges what came
    std::array<std::byte, 6> answer;
    CHECK(client.read_exact(answer));

    auto ours = client.get<connection_info>().value();
    CHECK(ours.bytes_sent == 30);
    CHECK(ours.bytes_acknowledged == 31);    // the first segment of a connection counts as one byte
    CHECK(ours.bytes_received == 6);
    CHECK(ours.data_segments_sent == 3);
    CHECK(ours.data_segments_received == 1);
    CHECK(ours.segments_sent >= 4);
    CHECK(ours.segments_received >= 2);
    CHECK(ours.bytes_retransmitted == 0);
    CHECK(ours.total_retransmits == 0);
    CHECK(ours.not_sent_bytes == 0);
    CHECK(ours.unacknowledged == 0);

    auto theirs = peer.get<connection_info>().value();
    CHECK(theirs.bytes_received == 30);
    CHECK(theirs.bytes_sent == 6);
    CHECK(theirs.data_segments_received == 3);
}

TEST_CASE("times, windows and sizes have plausible units") {
    auto server = tcp::listen({ipv4_address::loopback(), 0}).value();
    auto client = tcp::connect(server.local_endpoint().value()).value();
    auto info = client.get<connection_info>().value();
    CHECK(info.round_trip > 0us);
    CHECK(info.round_trip < 1s);
    CHECK(info.least_round_trip <= info.round_trip);
    CHECK(info.retransmission_timeout >= 200ms);    // the least on Linux
    CHECK(info.retransmission_timeout < 10s);
    CHECK(info.since_acknowledged < 5s);
    CHECK(info.congestion_window >= 2);
    CHECK(info.send_segment_size > 500);
    CHECK(info.path_mtu > info.send_segment_size);
    CHECK(info.send_window > 0);
    CHECK(info.has_window_scale);
    CHECK(info.has_timestamps);
    CHECK(info.has_selective_acknowledgement);
    CHECK(!info.used_fast_open);
    CHECK(info.send_window_scale <= 14);    // RFC 7323 section 2.3
    CHECK(info.pacing_rate > 0);
}

TEST_CASE("bytes that the peer takes no more are seen waiting") {
    auto server = tcp::listen({ipv4_address::loopback(), 0}, receive_buffer_size{4096}).value();
    auto client = tcp::connect(server.local_endpoint().value(), send_buffer_size{100'000}).value();
    auto peer = server.accept().value();
    std::vector<std::byte> much(50'000);
    CHECK(client.write_all(much));
    auto info = client.get<connection_info>().value();
    CHECK(info.not_sent_bytes > 0);
    CHECK(info.bytes_acknowledged < 50'000);
}

TEST_CASE("what an older kernel does not tell is zero") {
    auto server = tcp::listen({ipv4_address::loopback(), 0}).value();
    auto client = older_tcp::connect(server.local_endpoint().value()).value();
    CHECK(client.write_all("sent"));
    auto info = client.get<connection_info>().value();
    CHECK(info.state == connection_state::established);
    CHECK(info.congestion_window > 0);
    CHECK(info.bytes_sent == 0);
    CHECK(info.segments_sent == 0);
    CHECK(info.send_window == 0);

    auto oldest = oldest_tcp::connect(server.local_endpoint().value()).value();
    CHECK(oldest.get<connection_info>().value().state == connection_state::established);
    CHECK(oldest.get<connection_info>().value().round_trip == 0us);
}

TEST_CASE("a newer kernel's longer answer is cut at what we know") {
    struct {
        os::tcp_report known;
        std::array<std::byte, 64> beyond;
    } room;
    std::memset(&room, 0x5a, sizeof room);
    auto server = tcp::listen({ipv4_address::loopback(), 0}).value();
    auto size = os::native::get_option(server.native_handle(), connection_info::name.level, connection_info::name.name,
                                       mutable_bytes(&room.known, sizeof room.known));
    REQUIRE(size);
    CHECK(*size <= sizeof room.known);
    for (auto byte : room.beyond) CHECK(byte == std::byte(0x5a));
}

TEST_CASE("every state has a name, and a state that we do not know is unknown") {
    CHECK(to_string(connection_state::established) == "established");
    CHECK(to_string(connection_state::new_syn_received) == "new_syn_received");
    CHECK(to_string(static_cast<connection_state>(99)) == "unknown");
}
