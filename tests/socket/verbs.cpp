// SPDX-License-Identifier: BSL-1.0
#include <plumb/socket.hpp>

#include <doctest/doctest.h>

#include "loopback.hpp"
#include "storm.hpp"

#include <array>
#include <chrono>
#include <fcntl.h>
#include <netinet/in.h>
#include <set>
#include <string>
#include <sys/socket.h>
#include <sys/un.h>
#include <thread>
#include <unistd.h>
#include <vector>

using namespace plumb;
using namespace std::chrono_literals;
using support::time_of;

namespace {

bool is_open(int number) { return ::fcntl(number, F_GETFD) != -1; }

// A descriptor that somebody else made; closed when the row is done.
struct foreign {
    int number;
    explicit foreign(int made) : number(made) {}
    foreign(foreign&& other) noexcept : number(std::exchange(other.number, -1)) {}
    ~foreign() {
        if (number != -1) ::close(number);
    }
};

foreign raw(int family, int type, int protocol = 0, bool listening = false) {
    foreign made(::socket(family, type | SOCK_CLOEXEC, protocol));
    if (listening) {
        sockaddr_un nowhere{};    // the system finds a name
        nowhere.sun_family = AF_UNIX;
        if (family == AF_UNIX) ::bind(made.number, reinterpret_cast<sockaddr*>(&nowhere), sizeof(sa_family_t));
        ::listen(made.number, 1);
    }
    return made;
}

foreign pipe_end() {
    int ends[2];
    REQUIRE(::pipe2(ends, O_CLOEXEC) == 0);
    ::close(ends[1]);
    return foreign(ends[0]);
}

template <class P>
constexpr bool listens = requires { typename P::acceptor; };

// Which of the types take the descriptor; each that does not leaves it open.
template <class P>
void try_as(std::string name, const foreign& found, std::set<std::string>& takers) {
    auto mine = ::dup(found.number);
    if (auto taken = P::adopt(mine)) {
        takers.insert(name);
        CHECK(taken->native_handle() == mine);
    } else {
        CHECK(taken.error().operation() == verb::adopt);
        CHECK((taken.error() == condition::wrong_descriptor || taken.error() == std::errc::not_a_socket));
        CHECK(is_open(mine));
        ::close(mine);
    }
    if constexpr (listens<P>) {
        mine = ::dup(found.number);
        if (auto taken = P::adopt_acceptor(mine)) takers.insert(name + " acceptor");
        else {
            CHECK(is_open(mine));
            ::close(mine);
        }
    }
}

std::set<std::string> takers_of(const foreign& found) {
    std::set<std::string> takers;
    try_as<tcp>("tcp", found, takers);
    try_as<udp>("udp", found, takers);
    try_as<local::stream>("local stream", found, takers);
    try_as<local::datagram>("local datagram", found, takers);
    try_as<local::seqpacket>("local seqpacket", found, takers);
    return takers;
}

}  // namespace

TEST_CASE("only the type that a descriptor is of takes it over") {
    struct row {
        foreign found;
        std::set<std::string> takers;
    };
    row rows[] = {
        {raw(AF_INET, SOCK_STREAM), {"tcp"}},
        {raw(AF_INET6, SOCK_STREAM), {"tcp"}},
        {raw(AF_INET, SOCK_STREAM, 0, true), {"tcp acceptor"}},         // a listener is no connection
        {raw(AF_INET, SOCK_DGRAM), {"udp"}},                            // not TCP
        {raw(AF_UNIX, SOCK_STREAM), {"local stream"}},
        {raw(AF_UNIX, SOCK_STREAM, 0, true), {"local stream acceptor"}},
        {raw(AF_UNIX, SOCK_DGRAM), {"local datagram"}},
        {raw(AF_UNIX, SOCK_SEQPACKET), {"local seqpacket"}},
        {raw(AF_UNIX, SOCK_SEQPACKET, 0, true), {"local seqpacket acceptor"}},
        {raw(AF_NETLINK, SOCK_DGRAM), {}},                              // another family altogether
        {foreign(::open("/dev/null", O_RDWR | O_CLOEXEC)), {}},         // no socket
        {pipe_end(), {}},                                               // no socket either
    };
    for (auto& row : rows) {
        REQUIRE(row.found.number != -1);
        CHECK(takers_of(row.found) == row.takers);
    }
    CHECK(tcp::adopt(os::none).error() == error(verb::adopt, std::errc::bad_file_descriptor));
    CHECK(tcp::adopt(12'345).error() == std::errc::bad_file_descriptor);
}

TEST_CASE("what was adopted works") {
    auto acceptor = tcp::adopt_acceptor(tcp::listen({ipv4_address::loopback(), 0}).value().release()).value();
    auto client = tcp::adopt(tcp::connect(acceptor.local_endpoint().value()).value().release()).value();
    auto peer = acceptor.accept().value();
    client.write_all("hello").value();
    char buffer[5];
    peer.read_exact(buffer).value();
    auto socket = udp::adopt(udp::bind({ipv4_address::loopback(), 0}).value().release()).value();
    CHECK(socket.local_endpoint().has_value());
}

TEST_CASE("options are set before the address is taken, in any order with limits") {
    auto acceptor = tcp::listen({ipv4_address::loopback(), 0}, reuse_address{false}).value();
    CHECK_FALSE(acceptor.get<reuse_address>().value());
    CHECK(tcp::listen({ipv4_address::loopback(), 0}).value().get<reuse_address>().value());    // what listeners have by themselves
    CHECK_FALSE(udp::bind({ipv4_address::loopback(), 0}).value().get<reuse_address>().value());    // a port of UDP could be stolen
    auto at = acceptor.local_endpoint().value();
    stop_source source;
    CHECK(tcp::connect(at, no_delay{true}, within(5s), source.token()).value().get<no_delay>().value());
    CHECK(tcp::connect(at, within(5s), no_delay{true}).value().get<no_delay>().value());
    CHECK(tcp::open(family::ipv6).value().get<v6_only>().value());
    CHECK_FALSE(tcp::open(family::ipv6, v6_only{false}).value().get<v6_only>().value());
}

TEST_CASE("a host and port as text are connected to") {
    auto acceptor = tcp::listen(port(0)).value();
    auto number = std::to_string(acceptor.local_endpoint().value().port().number());
    CHECK(tcp::connect("127.0.0.1:" + number).has_value());
    CHECK(tcp::connect("[::1]:" + number, within(5s)).has_value());
    CHECK(tcp::connect("localhost:" + number, within(5s), no_delay{}).has_value());
    CHECK(udp::connect("localhost:" + number).has_value());
    for (auto wrong : {"", ":", "127.0.0.1", "127.0.0.1:", "localhost:65536", "localhost:+80", "[::1", "::1:80:"}) {
        CAPTURE(wrong);
        CHECK_FALSE(tcp::connect(wrong, within(5s)).has_value());
    }
}

TEST_CASE("when several addresses are tried, the listening one is found, and a deadline holds over all of them") {
    auto acceptor = tcp::listen({ipv4_address::loopback(), 0}).value();    // "localhost" may mean ::1 first
    auto at = "localhost:" + std::to_string(acceptor.local_endpoint().value().port().number());
    CHECK(tcp::connect(at).has_value());
    CHECK(tcp::connect(at, within(5s)).has_value());
    acceptor.close();
    CHECK(tcp::connect(at, within(5s)).error() == error(verb::connect, std::errc::connection_refused));
    stop_source source;
    source.request_stop();
    CHECK_FALSE(tcp::connect(at, source.token()).has_value());
}

TEST_CASE("a sleep lasts its whole time, whatever signals come") {
    support::storm signals;
    auto took = time_of([] { CHECK(tcp::sleep_for(150ms).has_value()); });
    CHECK(took >= 150ms);
    CHECK(took < 5s);
    auto end = tcp::now() + 50ms;
    CHECK(tcp::sleep_until(end).has_value());
    CHECK(tcp::now() >= end);
    CHECK(time_of([] { CHECK(tcp::sleep_for(-1s).has_value()); }) < 900ms);
    CHECK(support::storm::count() > 0);
}

TEST_CASE("a stop ends a sleep") {
    stop_source source;
    auto took = time_of([&] {
        std::jthread other([&] {
            std::this_thread::sleep_for(20ms);
            source.request_stop();
        });
        CHECK(udp::sleep_for(std::chrono::hours::max(), source.token()).error() == error(verb::wait, condition::cancelled));
    });
    CHECK(took >= 20ms);
    CHECK(took < 5s);
}

TEST_CASE("a deadline that is over first ends a sleep, and says so") {
    auto took = time_of([] { CHECK(tcp::sleep_for(1h, within(20ms)).error() == error(verb::wait, condition::timed_out)); });
    CHECK(took >= 20ms);
    CHECK(took < 5s);
    CHECK(tcp::sleep_until(tcp::now() + 1ms, within(1h)).has_value());
}

TEST_CASE("random bytes are random, and fill all of a large buffer") {
    std::vector<unsigned char> first(100'000), second(first.size());
    tcp::random(first).value();
    udp::random(second).value();
    CHECK(first != second);
    std::array<int, 256> seen{};
    for (auto one : first) ++seen[one];
    for (auto count : seen) CHECK(count > 200);    // 390 each on average
    tcp::random(mutable_bytes()).value();
}

TEST_CASE("the time of a tag is the steady one") {
    auto before = std::chrono::steady_clock::now().time_since_epoch();
    auto now = tcp::now().time_since_epoch();
    CHECK(now >= before);
    CHECK(now - before < 10s);
}

TEST_CASE("a protocol stands on another system as one line") {
    struct mine : tcp::on<mine, os::native> {};
    auto acceptor = mine::listen({ipv4_address::loopback(), 0}).value();
    auto client = mine::connect(acceptor.local_endpoint().value(), within(5s), no_delay{}).value();
    auto peer = acceptor.accept().value();
    client.write_all("x").value();
    char buffer[1];
    CHECK(peer.read(buffer).value() == 1);
}
