// SPDX-License-Identifier: BSL-1.0
#include <plumb/loop/async_message.hpp>

#include <plumb/loop/together.hpp>
#include <plumb/loop/verbs.hpp>

#include <doctest/doctest.h>

#include "in_loop.hpp"
#include "loopback.hpp"

#include <array>
#include <chrono>
#include <memory>
#include <string>
#include <vector>

using namespace plumb;
using namespace std::chrono_literals;
using support::on_every_driver;

namespace {

template <class P>
task<> letters(loop& in) {
    auto one = P::bind(in, {ipv4_address::loopback(), 0}).value();
    auto two = P::bind(in, {ipv4_address::loopback(), 0}).value();
    std::array<std::byte, 100> room, other;
    for (int i = 0; i < 20; ++i) {
        auto text = "letter " + std::to_string(i);
        auto both = co_await when_all(two.receive_from(room), one.send_to(text, two.local_endpoint().value()));
        auto& letter = std::get<0>(both);
        CHECK(bytes(std::span(room).first(letter.value().size)).text() == text);
        CHECK(letter->sender == one.local_endpoint().value());
        CHECK_FALSE(letter->truncated);
        auto answered = co_await two.send_to("back", letter->sender);
        auto back = co_await one.receive(other, within(5s));
        CHECK(answered.value() == 4);
        CHECK(back.value().size == 4);
    }
}

}  // namespace

TEST_CASE_TEMPLATE("messages go both ways, each whole and with its sender", P, udp, faulty<udp>) {
    support::weather<P> bad;
    on_every_driver(letters<P>);
}

TEST_CASE("a message that does not fit says so, an empty one is a message, and several buffers are one message") {
    on_every_driver([](loop& in) -> task<> {
        auto one = udp::bind(in, {ipv4_address::loopback(), 0}).value();
        auto two = udp::bind(in, {ipv4_address::loopback(), 0}).value();
        (co_await two.connect(one.local_endpoint().value(), within(5s))).value();
        char small[3];
        (co_await two.send("longer than that")).value();
        auto cut = (co_await one.receive(small)).value();
        CHECK(cut.truncated);
        CHECK(cut.full_size == 16);
        (co_await two.send("")).value();
        CHECK((co_await one.receive_from(small)).value().size == 0);
        std::array<bytes, 2> parts{bytes("ab"), bytes("cd")};
        (co_await two.send(std::span<const bytes>(parts))).value();
        char first[1], rest[5];
        std::array<mutable_bytes, 2> into{mutable_bytes(first), mutable_bytes(rest)};
        CHECK((co_await one.receive(std::span<const mutable_bytes>(into))).value().size == 4);
        CHECK(std::string_view(rest, 3) == "bcd");
        std::string great(70'000, 'x');
        CHECK((co_await two.send(great)).error() == error(verb::send, std::errc::message_size));
    });
}

TEST_CASE("a message of more buffers than one call takes is refused, in both directions, and the next one goes") {
    on_every_driver([](loop& in) -> task<> {
        auto server = udp::bind(in, {ipv4_address::loopback(), 0}).value();
        auto client = (co_await udp::connect(in, server.local_endpoint().value())).value();
        const std::vector<bytes> from(1'025, bytes("x"));    // IOV_MAX and one: sendmsg(2), EMSGSIZE
        CHECK((co_await client.send(from)).error() == error(verb::send, std::errc::message_size));
        CHECK((co_await client.send(std::span(from).first(1'024))).value() == 1'024);
        std::vector<char> letters(from.size());
        std::vector<mutable_bytes> into;
        for (auto& one : letters) into.push_back(mutable_bytes(&one, 1));
        CHECK((co_await server.receive(into, within(5s))).error() == error(verb::receive, std::errc::message_size));
        CHECK((co_await server.receive(std::span<const mutable_bytes>(into).first(1'024), within(5s))).value().size == 1'024);
    });
}

TEST_CASE("nobody at a port is told to the next operation, and the socket lives on") {
    on_every_driver([](loop& in) -> task<> {
        auto nobody = [] { return udp::bind({ipv4_address::loopback(), 0}).value().local_endpoint().value(); }();
        auto mine = (co_await udp::connect(in, nobody)).value();
        (co_await mine.send("hello?")).value();
        char room[8];
        CHECK((co_await mine.receive(room, within(5s))).error() == error(verb::receive, std::errc::connection_refused));
        CHECK((co_await mine.receive(room, within(1ms))).error() == error(verb::receive, condition::timed_out));
        auto late = udp::bind(in, nobody).value();
        (co_await mine.send("hello!")).value();
        CHECK((co_await late.receive(room, within(5s))).value().size == 6);
    });
}

TEST_CASE("several wait for messages, each gets one; a full queue is waited for") {
    on_every_driver([](loop& in) -> task<> {
        auto [a, b] = local::datagram::pair().value();
        auto ours = in.attach(std::move(a)).value(), theirs = in.attach(std::move(b)).value();
        int got = 0;
        auto receive = [&](int count) -> task<> {
            char room[8];
            for (int i = 0; i < count; ++i) got += (co_await theirs.receive(room, within(10s))).value().size == 4;
        };
        auto send = [&]() -> task<> {
            for (int i = 0; i < 1000; ++i) (co_await ours.send("four", within(10s))).value();
        };
        co_await when_all(receive(300), receive(300), receive(400), send());
        CHECK(got == 1000);
    });
}

TEST_CASE("records keep their boundaries over a connection, and its end is a size of 0") {
    on_every_driver([](loop& in) -> task<> {
        auto server = local::seqpacket::listen(in, local_address()).value();
        auto [client, peer] = co_await when_all(local::seqpacket::connect(in, server.local_endpoint().value()), server.accept());
        (co_await client->send("first")).value();
        (co_await client->send("second")).value();
        char room[16];
        CHECK((co_await peer->receive(room)).value().size == 5);
        CHECK((co_await peer->receive(room)).value().size == 6);
        CHECK((co_await client->send("")).error() == error(verb::send, std::errc::invalid_argument));
        client->close();
        CHECK((co_await peer->receive(room)).value().size == 0);
    });
}

TEST_CASE("a socket may be moved while somebody waits in it") {
    on_every_driver([](loop& in) -> task<> {
        auto first = std::make_unique<udp::async_socket>(udp::bind(in, {ipv4_address::loopback(), 0}).value());
        std::array<std::byte, 8> room;
        udp::async_socket second;
        auto move = [&]() -> task<> {
            second = std::move(*first);
            first.reset();
            auto sent = co_await second.send_to("word", second.local_endpoint().value());
            CHECK(sent.has_value());
        };
        auto [letter, none] = co_await when_all(first->receive_from(room), move());
        CHECK(letter.value().size == 4);
    });
}
