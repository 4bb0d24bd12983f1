// SPDX-License-Identifier: BSL-1.0
#include <plumb/socket.hpp>

#include <doctest/doctest.h>

#include "loopback.hpp"
#include "storm.hpp"

#include <array>
#include <chrono>
#include <csignal>
#include <set>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <thread>
#include <vector>

using namespace plumb;
using namespace std::chrono_literals;
using support::time_of, support::weather;

#define MESSAGES udp, faulty<udp>

static_assert(sizeof(udp::socket) == sizeof(int));

namespace {

template <class P = udp>
typename P::socket at_loopback() {
    return P::bind({ipv4_address::loopback(), 0}).value();
}

// A port of the loopback where nobody is.
endpoint nobody() { return at_loopback().local_endpoint().value(); }

// Everything that a receive said.
struct heard {
    std::string text;
    std::size_t size, full_size;
    bool truncated;
};

template <class Socket>
heard hear(Socket& socket, std::size_t room = 100) {
    std::string buffer(room, '-');
    auto letter = socket.receive_from(buffer, within(5s)).value();
    return {buffer.substr(0, letter.size), letter.size, letter.full_size, letter.truncated};
}

}  // namespace

TEST_CASE_TEMPLATE("a message arrives whole, with its sender, and can be answered as it came", P, MESSAGES) {
    auto server = at_loopback<P>(), client = at_loopback<P>();
    weather<P> bad;
    CHECK(client.send_to("hello", server.local_endpoint().value()).value() == 5);
    std::string buffer(100, ' ');
    auto letter = server.receive_from(buffer).value();
    CHECK(std::string_view(buffer).substr(0, letter.size) == "hello");
    CHECK(letter.sender.endpoint() == client.local_endpoint().value());
    CHECK_FALSE(letter.truncated);
    CHECK(server.send_to("as it came", letter.sender).value() == 10);
    CHECK(server.send_to("by its value", letter.sender.endpoint()).value() == 12);
    CHECK(hear(client).text == "as it came");
    CHECK(hear(client).text == "by its value");
}

TEST_CASE_TEMPLATE("boundaries are kept", P, MESSAGES) {
    auto server = at_loopback<P>();
    auto client = P::connect(server.local_endpoint().value()).value();
    weather<P> bad;
    for (auto text : {"one", "two", "", "four"}) CHECK(client.send(std::string_view(text)).has_value());
    CHECK(hear(server).text == "one");
    CHECK(hear(server).text == "two");
    CHECK(hear(server).text.empty());    // a message too, and no end
    CHECK(hear(server).text == "four");
}

TEST_CASE_TEMPLATE("a message that does not fit says so, and how long it was", P, MESSAGES) {
    auto server = at_loopback<P>();
    auto client = P::connect(server.local_endpoint().value()).value();
    weather<P> bad;
    for (int way = 0; way < 4; ++way) CHECK(client.send("0123456789").value() == 10);
    auto cut = hear(server, 4);
    CHECK(cut.text == "0123");
    CHECK(cut.size == 4);
    CHECK(cut.full_size == 10);
    CHECK(cut.truncated);
    auto whole = hear(server, 10);
    CHECK_FALSE(whole.truncated);
    CHECK(whole.full_size == 10);
    char a[2], b[3];
    const mutable_bytes into[] = {a, b};
    auto scattered = server.receive(into).value();
    CHECK(scattered.size == 5);
    CHECK(scattered.full_size == 10);
    CHECK(scattered.truncated);
    CHECK(std::string_view(b, 3) == "234");
    auto dropped = server.receive(mutable_bytes()).value();    // into nothing
    CHECK(dropped.size == 0);
    CHECK(dropped.truncated);
}

TEST_CASE_TEMPLATE("several buffers are one message", P, MESSAGES) {
    auto server = at_loopback<P>();
    auto client = P::connect(server.local_endpoint().value()).value();
    weather<P> bad;
    const bytes out[] = {"head", "", "body"};
    CHECK(client.send(out).value() == 8);
    CHECK(client.send_to(out, server.local_endpoint().value()).value() == 8);
    CHECK(hear(server).text == "headbody");
    char first[3], second[10];
    const mutable_bytes into[] = {first, second};
    auto letter = server.receive_from(into, within(5s)).value();
    CHECK(letter.size == 8);
    CHECK(letter.sender.endpoint() == client.local_endpoint().value());
    CHECK(std::string_view(first, 3) == "hea");
    CHECK(std::string_view(second, 5) == "dbody");
    std::vector<bytes> too_many(1025, bytes("x"));
    CHECK(client.send(too_many).error() == error(verb::send, std::errc::message_size));
    CHECK(client.send(std::span(too_many).first(1024)).value() == 1024);
    std::vector<char> letters(1025);
    std::vector<mutable_bytes> too_much;
    for (auto& one : letters) too_much.push_back(mutable_bytes(&one, 1));
    CHECK(server.receive(too_much).error() == error(verb::receive, std::errc::message_size));
    CHECK(server.receive(std::span<const mutable_bytes>(too_much).first(1024)).value().size == 1024);
}

TEST_CASE("the largest message arrives, and one byte more is refused") {
    struct row {
        ip_address at;
        std::size_t most;
    };
    const row rows[] = {
        {ipv4_address::loopback(), 65'507},    // 65,535 less the headers of IPv4 (20) and UDP (8): RFC 791, RFC 768
        {ipv6_address::loopback(), 65'527},    // the payload of IPv6 may be 65,535 without its header: RFC 8200 section 3
    };
    for (auto& row : rows) {
        auto server = udp::bind({row.at, 0}).value();
        auto client = udp::connect(server.local_endpoint().value()).value();
        std::string text(row.most + 1, 'x');
        CHECK(client.send(text).error() == error(verb::send, std::errc::message_size));
        CHECK(client.send(std::string_view(text).substr(1)).value() == row.most);    // the socket stays usable
        CHECK(hear(server, 70'000).size == row.most);
    }
    auto [ours, theirs] = local::datagram::pair().value();
    CHECK(ours.send(std::string(100'000'000, 'x')).error() == error(verb::send, std::errc::message_size));
    CHECK(ours.send("x").value() == 1);
}

TEST_CASE_TEMPLATE("a port that nobody has is told once, and the socket lives on", P, MESSAGES) {
    auto server = at_loopback<P>();
    auto home = server.local_endpoint().value();
    auto client = P::connect(home).value();
    server.close();
    CHECK(client.send("lost").value() == 4);
    char buffer[10];
    CHECK(client.receive(buffer, within(5s)).error() == error(verb::receive, std::errc::connection_refused));
    CHECK(client.receive(buffer, within(0s)).error() == condition::timed_out);    // no more than once
    CHECK(client.send("lost").value() == 4);
    CHECK(client.send("told on the next send").error() == error(verb::send, std::errc::connection_refused));
    auto again = P::bind(home).value();
    CHECK(client.send("found").value() == 5);
    CHECK(hear(again).text == "found");
    auto unconnected = at_loopback<P>();
    CHECK(unconnected.send_to("lost", nobody()).value() == 4);
    CHECK(unconnected.receive(buffer, within(20ms)).error() == condition::timed_out);    // nobody tells this one
}

TEST_CASE("a connected socket hears its peer alone") {
    auto server = at_loopback(), stranger = at_loopback();
    auto client = udp::connect(server.local_endpoint().value()).value();
    CHECK(client.peer_endpoint().value() == server.local_endpoint().value());
    stranger.send_to("take me", client.local_endpoint().value()).value();
    server.send_to("the answer", client.local_endpoint().value()).value();
    CHECK(hear(client).text == "the answer");
    char buffer[10];
    CHECK(client.receive(buffer, within(20ms)).error() == condition::timed_out);
    CHECK(at_loopback().peer_endpoint().error() == error(verb::peer_endpoint, std::errc::not_connected));
    CHECK(stranger.connect(server.local_endpoint().value()).has_value());    // one that is already open
    CHECK(stranger.send("now I may").has_value());
    CHECK(hear(server).text == "now I may");
}

TEST_CASE("the first message binds a port") {
    auto server = at_loopback();
    auto client = udp::open(family::ipv4).value();
    CHECK(client.local_endpoint().value().port() == port(0));
    client.send_to("hello", server.local_endpoint().value()).value();
    CHECK(client.local_endpoint().value().port() != port(0));
}

TEST_CASE("one of several lost, doubled or reordered messages changes no other") {
    auto server = at_loopback();
    auto client = udp::connect(server.local_endpoint().value()).value();
    std::set<std::string> sent, arrived;
    for (int i = 0; i < 50; ++i) {
        auto text = "message " + std::to_string(i);
        client.send(text).value();
        sent.insert(text);
    }
    for (int i = 0; i < 50; ++i) arrived.insert(hear(server).text);
    CHECK(arrived == sent);
}

TEST_CASE_TEMPLATE("an answer that never comes is a deadline that passes", P, udp, faulty<udp>, local::datagram, faulty<local::datagram>) {
    auto socket = [] {
        if constexpr (requires { P::pair(); }) return P::open().value();
        else return at_loopback<P>();
    }();
    weather<P> bad;
    char buffer[10];
    CHECK(time_of([&] { CHECK(socket.receive(buffer, within(60ms)).error() == error(verb::receive, condition::timed_out)); }) >= 60ms);
    CHECK(socket.receive_from(buffer, within(0s)).error() == condition::timed_out);
    stop_source source;
    std::thread stopper([&] {
        std::this_thread::sleep_for(30ms);
        source.request_stop();
    });
    CHECK(socket.receive_from(buffer, source.token()).error() == error(verb::receive, condition::cancelled));
    stopper.join();
}

TEST_CASE("a thousand signals a second do not lengthen a deadline") {
    auto socket = at_loopback();
    support::storm signals;
    char buffer[10];
    auto took = time_of([&] { CHECK(socket.receive(buffer, within(300ms)).error() == condition::timed_out); });
    CHECK(took >= 300ms);
    CHECK(took < 5s);
    std::thread other([at = socket.local_endpoint().value()] {
        sigset_t alarms;
        sigemptyset(&alarms);
        sigaddset(&alarms, SIGALRM);
        pthread_sigmask(SIG_BLOCK, &alarms, nullptr);
        std::this_thread::sleep_for(100ms);
        udp::connect(at).value().send("late").value();
    });
    CHECK(socket.receive(buffer).value().size == 4);    // without a deadline
    other.join();
    CHECK(support::storm::count() > 0);
}

TEST_CASE_TEMPLATE("a full queue holds the sender back", P, local::datagram, faulty<local::datagram>) {
    auto [ours, theirs] = P::pair().value();
    std::size_t sent = 0;
    result<std::size_t> outcome;
    while ((outcome = ours.send("x", within(20ms)))) ++sent;
    CHECK(outcome.error() == error(verb::send, condition::timed_out));    // back-pressure, not a failure
    CHECK(sent > 0);
    std::thread reader([&, &socket = theirs] {
        std::this_thread::sleep_for(30ms);
        char buffer[1];
        for (std::size_t i = 0; i <= sent; ++i) CHECK(socket.receive(buffer, within(5s)).value().size == 1);
    });
    CHECK(ours.send("y").value() == 1);
    reader.join();
    theirs.close();
    CHECK(ours.send("z").error() == std::errc::connection_refused);
}

TEST_CASE_TEMPLATE("a socket that was moved from is empty, and everything on it is an error at once", P, MESSAGES) {
    auto owner = at_loopback<P>();
    auto at = owner.local_endpoint().value();
    auto empty = std::move(owner);
    std::swap(owner, empty);
    char buffer[1];
    const bytes out[] = {"a"};
    const mutable_bytes into[] = {buffer};
    auto expect = [](const auto& outcome) { CHECK(outcome.error() == std::errc::bad_file_descriptor); };
    expect(empty.receive(buffer));
    expect(empty.receive(buffer, within(1h)));
    expect(empty.receive_from(into, within(1h)));
    expect(empty.send("x"));
    expect(empty.send("x", within(1h)));
    expect(empty.send_to(out, at, within(1h)));
    expect(empty.send_to("x", at));
    expect(empty.bind(at));
    expect(empty.connect(at));
    expect(empty.connect(at, within(1h)));
    expect(empty.shutdown(direction::both));
    expect(empty.local_endpoint());
    expect(empty.peer_endpoint());
    expect(empty.duplicate());
    CHECK(owner.is_open());
}

TEST_CASE("a shutdown wakes a receive, with a deadline and without") {
    for (auto timed : {false, true}) {
        CAPTURE(timed);
        auto socket = at_loopback();
        auto twin = socket.duplicate().value();
        std::thread waker([&] {
            std::this_thread::sleep_for(30ms);
            (void)twin.shutdown(direction::both);
        });
        char buffer[1];
        auto took = time_of([&] {
            auto woken = timed ? socket.receive(buffer, within(5s)) : socket.receive(buffer);
            if (timed) CHECK(woken.error() == error(verb::receive, condition::cancelled));
            else CHECK(woken.value().size == 0);
        });
        waker.join();
        CHECK(took < 4s);
    }
}

TEST_CASE("a message to every interface's address, or to port 0, goes nowhere by connect") {
    CHECK(udp::connect({ipv4_address::any(), 7}).error() == error(verb::connect, std::errc::address_not_available));
    CHECK(udp::connect({ipv6_address::any(), 7}).error() == error(verb::connect, std::errc::address_not_available));
    CHECK(udp::connect({ipv4_address::loopback(), 0}).error() == error(verb::connect, std::errc::address_not_available));
}
