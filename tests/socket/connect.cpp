// SPDX-License-Identifier: BSL-1.0
#include <plumb/socket.hpp>

#include <doctest/doctest.h>

#include "folder.hpp"
#include "loopback.hpp"
#include "storm.hpp"

#include <chrono>
#include <csignal>
#include <fcntl.h>
#include <string>
#include <sys/socket.h>
#include <thread>
#include <vector>

using namespace plumb;
using namespace std::chrono_literals;
using support::time_of;

namespace {

// A listener for one connection only, whose queue is full: further connections wait.
struct full_listener {
    tcp::acceptor acceptor;
    std::vector<tcp::socket> waiting;

    full_listener() : acceptor(tcp::listen({ipv4_address::loopback(), 0}).value()) {
        ::listen(acceptor.native_handle(), 0);
        waiting.push_back(tcp::connect(at()).value());
    }
    [[nodiscard]] endpoint at() const { return acceptor.local_endpoint().value(); }
};

void block_alarms() {
    sigset_t alarms;
    sigemptyset(&alarms);
    sigaddset(&alarms, SIGALRM);
    pthread_sigmask(SIG_BLOCK, &alarms, nullptr);
}

}  // namespace

TEST_CASE("nobody listens: refused, with limits and without") {
    auto at = [] { return tcp::listen({ipv4_address::loopback(), 0}).value().local_endpoint().value(); }();    // closed again
    CHECK(tcp::connect(at).error() == error(verb::connect, std::errc::connection_refused));
    CHECK(tcp::connect(at, within(5s)).error() == error(verb::connect, std::errc::connection_refused));
    stop_source source;
    CHECK(tcp::connect(at, source.token()).error() == error(verb::connect, std::errc::connection_refused));
    auto open = tcp::open(family::ipv4).value();
    CHECK(open.connect(at, within(5s)).error() == std::errc::connection_refused);
}

TEST_CASE("what is no destination is refused before the kernel sees it") {
    for (auto nowhere : {endpoint(ipv4_address::any(), 80), endpoint(ipv6_address::any(), 80),    // Linux takes it for this host
                         endpoint(ipv4_address::loopback(), 0), endpoint(ipv6_address::loopback(), 0)}) {
        CHECK(tcp::connect(nowhere).error() == error(verb::connect, std::errc::address_not_available));
        CHECK(tcp::connect(nowhere, within(5s)).error() == error(verb::connect, std::errc::address_not_available));
    }
    CHECK(tcp::connect({ipv4_address(255, 255, 255, 255), 80}, within(1s)).error() == std::errc::network_unreachable);
    CHECK_FALSE(tcp::connect({ipv4_address(224, 0, 0, 1), 80}, within(1s)).has_value());    // multicast
}

TEST_CASE("a socket that reaches itself is refused") {
    for (auto timed : {false, true}) {
        auto socket = tcp::open(family::ipv4).value();
        socket.bind({ipv4_address::loopback(), 0}).value();
        auto self = socket.local_endpoint().value();
        auto outcome = timed ? socket.connect(self, within(5s)) : socket.connect(self);
        CHECK(outcome.error() == error(verb::connect, condition::self_connected));
        CHECK(outcome.error() == std::errc::connection_refused);
    }
}

TEST_CASE("a full queue makes a connection wait, up to its deadline or a stop") {
    full_listener full;
    auto took = time_of([&] { CHECK(tcp::connect(full.at(), within(60ms)).error() == error(verb::connect, condition::timed_out)); });
    CHECK(took >= 60ms);
    CHECK(took < 5s);
    stop_source source;
    std::thread other([&] {
        std::this_thread::sleep_for(30ms);
        source.request_stop();
    });
    CHECK(tcp::connect(full.at(), within(30s), source.token()).error() == error(verb::connect, condition::cancelled));
    other.join();
}

TEST_CASE("a connect that signals interrupt goes on, and is made") {
    full_listener full;
    std::thread other([&] {
        block_alarms();
        std::this_thread::sleep_for(100ms);
        full.waiting.push_back(full.acceptor.accept().value());    // room: the next try of TCP, after a second, gets through
    });
    support::storm signals;
    auto client = tcp::connect(full.at());
    other.join();
    REQUIRE(client.has_value());
    CHECK(support::storm::count() > 0);
    auto peer = full.acceptor.accept().value();
    client->write_all("x").value();
    char buffer[1];
    CHECK(peer.read(buffer).value() == 1);
}

TEST_CASE("signals do not lengthen the deadline of a connect") {
    full_listener full;
    support::storm signals;
    auto took = time_of([&] { CHECK(tcp::connect(full.at(), within(300ms)).error() == condition::timed_out); });
    CHECK(took >= 300ms);
    CHECK(took < 5s);
}

TEST_CASE_TEMPLATE("a connect that was interrupted before it began is made", P, faulty<tcp>, faulty<local::stream>) {
    auto acceptor = [] {
        if constexpr (requires { P::pair(); }) return P::listen(local_address()).value();
        else return P::listen({ipv4_address::loopback(), 0}).value();
    }();
    fault_plan plan{fault::failed(faulty_call::connect, std::errc::interrupted).on(1),
                    fault::failed(faulty_call::connect, std::errc::interrupted).on(2)};
    auto client = P::connect(acceptor.local_endpoint().value()).value();
    auto peer = acceptor.accept().value();
    CHECK(client.write("x").has_value());
    CHECK(plan.calls(faulty_call::connect) == 3);
}

TEST_CASE("a local listener whose queue is full makes a connection wait") {
    auto acceptor = local::stream::listen(local_address()).value();
    ::listen(acceptor.native_handle(), 0);
    auto at = acceptor.local_endpoint().value();
    auto first = local::stream::connect(at).value();
    auto took = time_of([&] { CHECK(local::stream::connect(at, within(60ms)).error() == error(verb::connect, condition::timed_out)); });
    CHECK(took >= 60ms);
    CHECK(took < 5s);
    stop_source source;
    std::thread other([&] {
        block_alarms();
        std::this_thread::sleep_for(30ms);
        source.request_stop();
        std::this_thread::sleep_for(60ms);
        CHECK(acceptor.accept().has_value());
        std::this_thread::sleep_for(60ms);
        CHECK(acceptor.accept().has_value());
        CHECK(acceptor.accept().has_value());
    });
    CHECK(local::stream::connect(at, source.token()).error() == error(verb::connect, condition::cancelled));
    CHECK(local::stream::connect(at, within(30s)).has_value());    // made when there is room
    support::storm signals;
    CHECK(local::stream::connect(at).has_value());                 // and so is one that waits in the kernel, interrupted
    other.join();
}

TEST_CASE("a timed connect leaves a blocking socket behind") {
    auto acceptor = tcp::listen({ipv4_address::loopback(), 0}).value();
    auto client = tcp::connect(acceptor.local_endpoint().value(), within(5s)).value();
    CHECK((::fcntl(client.native_handle(), F_GETFL) & O_NONBLOCK) == 0);
    auto peer = acceptor.accept().value();
    CHECK(client.write("x").value() == 1);
}

TEST_CASE("a local connection says whether nobody listens or nothing is there") {
    CHECK(local::stream::connect(local_address::path("/nowhere/at/all").value()).error() == error(verb::connect, std::errc::no_such_file_or_directory));
    CHECK(local::stream::connect(local_address::abstract_name("plumb test: nobody").value()).error() == std::errc::connection_refused);
    support::folder in;
    auto at = local_address::path(in / "socket").value();
    auto datagrams = local::datagram::bind(at).value();
    CHECK(local::stream::connect(at).error() == error(verb::connect, std::errc::wrong_protocol_type));
}
