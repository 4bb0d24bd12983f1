// SPDX-License-Identifier: BSL-1.0
#include <plumb/socket.hpp>

#include "options.hpp"

#include <fcntl.h>
#include <linux/capability.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/syscall.h>
#include <unistd.h>

using namespace plumb;
using namespace std::chrono_literals;
using support::flag_trip, support::round_trip;

namespace {

bool may_administer_network() {
    __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
    __user_cap_data_struct data[2]{};
    return ::syscall(SYS_capget, &header, data) == 0 && (data[0].effective >> CAP_NET_ADMIN & 1) != 0;
}

// What a privileged option must answer here: it works, or it says that it may not.
bool as_permitted(const result<void>& outcome) {
    return may_administer_network() ? outcome.has_value() : !outcome && outcome.error() == std::errc::operation_not_permitted;
}

tcp::socket some_tcp() { return tcp::open(family::ipv4).value(); }
udp::socket some_udp() { return udp::open(family::ipv4).value(); }

}  // namespace

TEST_CASE("flags of every socket are what they were set to") {
    auto socket = some_udp();
    flag_trip<reuse_address>(socket, SOL_SOCKET, SO_REUSEADDR);
    flag_trip<reuse_port>(socket, SOL_SOCKET, SO_REUSEPORT);
    flag_trip<broadcast>(socket, SOL_SOCKET, SO_BROADCAST);
    flag_trip<do_not_route>(socket, SOL_SOCKET, SO_DONTROUTE);
    flag_trip<receive_overflow_count>(socket, SOL_SOCKET, SO_RXQ_OVFL);
    flag_trip<receive_time_in_microseconds>(socket, SOL_SOCKET, SO_TIMESTAMP);
    flag_trip<receive_time_in_nanoseconds>(socket, SOL_SOCKET, SO_TIMESTAMPNS);
    flag_trip<receive_wifi_status>(socket, SOL_SOCKET, SO_WIFI_STATUS);
    flag_trip<error_queue_is_priority>(socket, SOL_SOCKET, SO_SELECT_ERR_QUEUE);
    auto stream = some_tcp();
    flag_trip<keep_alive>(stream, SOL_SOCKET, SO_KEEPALIVE);
    flag_trip<urgent_inline>(stream, SOL_SOCKET, SO_OOBINLINE);
    flag_trip<zero_copy>(stream, SOL_SOCKET, SO_ZEROCOPY);
    flag_trip<rehash_when_stuck>(stream, SOL_SOCKET, 74);
    CHECK(stream.set(distrust_route{}));
}

TEST_CASE("a buffer is read back as the kernel made it") {
    struct row {
        std::size_t asked, given;
        const char* reason;
    };
    auto most = static_cast<std::size_t>(2 * support::kernel_setting("net/core/rmem_max"));
    const row rows[] = {
        {4080, 8160, "doubled for the bookkeeping"},
        {100, 2304, "the least there is"},
        {0, 2304, "the same"},
        {std::size_t{1} << 30, most, "twice the greatest that an administrator allows"},
        {std::size_t{1} << 40, most, "more than an int holds"},
    };
    for (auto& [asked, given, reason] : rows) {
        CAPTURE(reason);
        auto socket = some_tcp();
        round_trip(socket, receive_buffer_size{asked}, given, SOL_SOCKET, SO_RCVBUF, static_cast<int>(given));
    }
    auto socket = some_tcp();
    round_trip(socket, send_buffer_size{1000}, 4608, SOL_SOCKET, SO_SNDBUF, 4608);
    round_trip(socket, send_buffer_size{10'000}, 20'000, SOL_SOCKET, SO_SNDBUF, 20'000);
}

TEST_CASE("a buffer past the limit takes a privilege") {
    auto socket = some_tcp();
    auto past = static_cast<std::size_t>(support::kernel_setting("net/core/rmem_max")) + 4096;
    auto outcome = socket.set(force_receive_buffer_size{past});
    CHECK(as_permitted(outcome));
    if (outcome) CHECK(socket.get<receive_buffer_size>().value() == 2 * past);
    past = static_cast<std::size_t>(support::kernel_setting("net/core/wmem_max")) + 4096;
    outcome = socket.set(force_send_buffer_size{past});
    CHECK(as_permitted(outcome));
    if (outcome) CHECK(socket.get<send_buffer_size>().value() == 2 * past);
}

TEST_CASE("which buffers are fixed can be seen and said") {
    auto socket = some_tcp();
    if (socket.get<buffer_lock>() || socket.get<buffer_lock>().error() != std::errc::no_protocol_option) {
        CHECK(socket.get<buffer_lock>().value() == buffer_side::none);
        CHECK(socket.set(receive_buffer_size{10'000}));
        CHECK(socket.get<buffer_lock>().value() == buffer_side::receive);
    }
    round_trip(socket, buffer_lock{buffer_side::both}, buffer_side::both, SOL_SOCKET, 72, 3);
    round_trip(socket, buffer_lock{buffer_side::none}, buffer_side::none, SOL_SOCKET, 72, 0);
}

TEST_CASE("numbers of every socket are what they were set to") {
    auto socket = some_tcp();
    round_trip(socket, receive_low_water_mark{1000}, 1000, SOL_SOCKET, SO_RCVLOWAT, 1000);
    round_trip(socket, priority{6}, 6, SOL_SOCKET, SO_PRIORITY, 6);
    round_trip(socket, incoming_cpu{1}, 1, SOL_SOCKET, SO_INCOMING_CPU, 1);
    round_trip(socket, timestamping{timestamp_kind::received_software | timestamp_kind::software},
               timestamp_kind::received_software | timestamp_kind::software, SOL_SOCKET, SO_TIMESTAMPING, 24);
    CHECK(socket.get<send_low_water_mark>().value() == 1);
    CHECK(socket.get<incoming_queue>().value() == 0);
    CHECK(socket.get<pacing_rate_limit>().value() == ~0ul);
    CHECK(socket.set(pacing_rate_limit{1'000'000}));
    CHECK(socket.get<pacing_rate_limit>().value() == 1'000'000);
}

TEST_CASE("options that need a privilege work with it and say so without") {
    auto socket = some_udp();
    auto outcome = socket.set(mark{0xfedc'ba98});
    CHECK(as_permitted(outcome));
    if (outcome) CHECK(socket.get<mark>().value() == 0xfedc'ba98);
    CHECK(as_permitted(socket.set(priority{9})));
    for (auto error : {socket.set(receive_mark{}), socket.set(receive_priority{}), socket.set(prefer_busy_poll{}),
                       socket.set(busy_poll_budget{1000})})
        CHECK((error || error.error() == std::errc::operation_not_permitted || error.error() == std::errc::no_protocol_option));
}

TEST_CASE("busy polling is a duration or off") {
    auto socket = some_udp();
    auto outcome = socket.set(busy_poll{50us});
    if (outcome) {
        CHECK(socket.get<busy_poll>().value().value() == 50us);
        round_trip(socket, busy_poll{off}, off, SOL_SOCKET, SO_BUSY_POLL, 0);
    } else CHECK((outcome.error() == std::errc::operation_not_permitted || outcome.error() == std::errc::no_protocol_option));
}

TEST_CASE("lingering is off, a span, or none at all") {
    auto socket = some_tcp();
    CHECK(socket.get<linger_on_close>().value() == off);
    CHECK(socket.set(linger_on_close{2min}));
    CHECK(socket.get<linger_on_close>().value().value() == 120s);
    ::linger raw{};
    socklen_t size = sizeof raw;
    REQUIRE(::getsockopt(socket.native_handle(), SOL_SOCKET, SO_LINGER, &raw, &size) == 0);
    CHECK((raw.l_onoff == 1 && raw.l_linger == 120));
    CHECK(socket.set(linger_on_close{-1s}).error() == std::errc::invalid_argument);
    CHECK(socket.set(linger_on_close{off}));
    CHECK(socket.get<linger_on_close>().value() == off);
}

TEST_CASE("to linger for no time is to reset the connection") {
    auto server = tcp::listen({ipv4_address::loopback(), 0}).value();
    auto client = tcp::connect(server.local_endpoint().value()).value();
    auto peer = server.accept().value();
    CHECK(peer.set(linger_on_close{0s}));
    CHECK(!peer.get<linger_on_close>().value().is_off());
    peer.close();
    std::array<std::byte, 8> buffer;
    CHECK(client.read(buffer).error() == std::errc::connection_reset);
}

TEST_CASE("a socket can be held to one interface") {
    auto socket = some_udp();
    auto outcome = socket.set(bind_to_device{"lo"});
    if (outcome) {
        CHECK(socket.get<bind_to_device>().value() == "lo");
        auto again = socket.set(bind_to_device{""});    // to change it takes more than to set it first
        CHECK(as_permitted(again));
        if (again) CHECK(socket.get<bind_to_device>().value() == "");
        auto other = some_udp();
        round_trip(other, bind_to_interface{1}, 1, SOL_SOCKET, 62, 1);
    } else CHECK(outcome.error() == std::errc::operation_not_permitted);
    CHECK(some_udp().set(bind_to_device{"no-such-device"}).error() == std::errc::no_such_device);
    CHECK(some_udp().set(bind_to_device{"a-name-of-more-than-15"}).error() == std::errc::filename_too_long);
}

TEST_CASE("a socket tells what it is") {
    auto stream = some_tcp();
    CHECK(stream.get<type_number>().value() == SOCK_STREAM);
    CHECK(stream.get<family_number>().value() == AF_INET);
    CHECK(stream.get<protocol_number>().value() == IPPROTO_TCP);
    CHECK(!stream.get<accepting>().value());
    CHECK(tcp::listen({ipv4_address::loopback(), 0}).value().get<accepting>().value());
    auto six = udp::open(family::ipv6).value();
    CHECK(six.get<type_number>().value() == SOCK_DGRAM);
    CHECK(six.get<family_number>().value() == AF_INET6);
    CHECK(six.get<protocol_number>().value() == IPPROTO_UDP);
    CHECK(stream.get<socket_cookie>().value() != six.get<socket_cookie>().value());
    auto here = stream.get<network_cookie>();
    if (here) CHECK(*here == six.get<network_cookie>().value());
    else CHECK(here.error() == std::errc::no_protocol_option);
}

TEST_CASE("two acceptors share a port only when both say so") {
    auto first = tcp::listen({ipv4_address::loopback(), 0}).value();
    auto at = first.local_endpoint().value();
    CHECK(first.get<reuse_address>().value());    // what a restart needs does not let two live side by side
    CHECK(tcp::listen(at).error() == std::errc::address_in_use);
    CHECK(tcp::listen(at, reuse_port{}).error() == std::errc::address_in_use);
    auto shared = tcp::listen({ipv4_address::loopback(), 0}, reuse_port{}).value();
    auto both = shared.local_endpoint().value();
    CHECK(tcp::listen(both, reuse_port{}));
    CHECK(tcp::listen(both).error() == std::errc::address_in_use);
}

TEST_CASE("a UDP port is not shared unless asked, since reuse_address lets others take it") {
    auto first = udp::bind({ipv4_address::loopback(), 0}).value();
    CHECK(!first.get<reuse_address>().value());
    CHECK(udp::bind(first.local_endpoint().value()).error() == std::errc::address_in_use);
    CHECK(udp::bind(first.local_endpoint().value(), reuse_address{}).error() == std::errc::address_in_use);
    auto open = udp::bind({ipv4_address::loopback(), 0}, reuse_address{}).value();
    CHECK(udp::bind(open.local_endpoint().value(), reuse_address{}));
}

TEST_CASE("a broadcast address can be sent to only when that was asked for") {
    endpoint everybody(ipv4_address(127, 255, 255, 255), 9);
    auto socket = some_udp();
    std::array<std::byte, 1> byte{};
    CHECK(socket.send_to(byte, everybody).error() == std::errc::permission_denied);
    CHECK(socket.set(broadcast{}));
    CHECK(socket.send_to(byte, everybody));
    CHECK(udp::connect(everybody).error() == std::errc::permission_denied);
    CHECK(udp::connect(everybody, broadcast{}));
}

TEST_CASE("the low water mark holds readiness back") {
    auto server = tcp::listen({ipv4_address::loopback(), 0}).value();
    auto client = tcp::connect(server.local_endpoint().value(), receive_low_water_mark{3}).value();
    auto peer = server.accept().value();
    auto readable = [&](int patience) {
        pollfd one{client.native_handle(), POLLIN, 0};
        return ::poll(&one, 1, patience) == 1;
    };
    CHECK(peer.write_all("ab"));
    while (client.get<connection_info>().value().bytes_received < 2) {}
    CHECK(!readable(0));
    CHECK(peer.write_all("c"));
    CHECK(readable(5000));
}

TEST_CASE("what did not fit into the receive buffer is counted") {
    auto receiver = udp::bind({ipv4_address::loopback(), 0}, receive_buffer_size{0}, receive_overflow_count{}).value();
    auto sender = udp::connect(receiver.local_endpoint().value()).value();
    std::array<std::byte, 1000> message{};
    for (int i = 0; i < 1000; ++i) CHECK(sender.send(message));    // no sender learns that they are lost
    unsigned received = 0;
    while (receiver.receive_from(message, within(0s))) ++received;
    CHECK(received >= 1);
    CHECK(received < 1000);
    CHECK(receiver.get<memory_use>().value().drops == 1000 - received);

    CHECK(sender.send(message));    // the next datagram to arrive carries the count as well
    alignas(cmsghdr) char control[64];
    iovec into{message.data(), message.size()};
    msghdr header{};
    header.msg_iov = &into;
    header.msg_iovlen = 1;
    header.msg_control = control;
    header.msg_controllen = sizeof control;
    REQUIRE(::recvmsg(receiver.native_handle(), &header, 0) == 1000);
    auto told = CMSG_FIRSTHDR(&header);
    REQUIRE(told != nullptr);
    CHECK(told->cmsg_type == SO_RXQ_OVFL);
    std::uint32_t count;
    std::memcpy(&count, CMSG_DATA(told), sizeof count);
    CHECK(count == 1000 - received);
}
