// SPDX-License-Identifier: BSL-1.0
#include <plumb/os/socket.hpp>

#include <plumb/os/native.hpp>
#include <plumb/os/options.hpp>

#include <doctest/doctest.h>

#include <array>
#include <cstring>
#include <numeric>
#include <string>
#include <thread>
#include <vector>

using namespace plumb;
using namespace std::chrono_literals;
using os::waiting;
using os::interest;

namespace {

using os::native;
using place = socket_address<endpoint>;

constexpr auto for_ever = (instant::max)();

// A socket that is closed at the end.
struct owned {
    os::handle handle;
    explicit owned(result<os::handle> made) : handle(made.value()) {}
    owned(owned&& other) noexcept : handle(std::exchange(other.handle, os::none)) {}
    ~owned() {
        if (handle != os::none) native::close(handle);
    }
    operator os::handle() const { return handle; }
    void close() { native::close(std::exchange(handle, os::none)); }
};

owned open(socket_type type, family kind = family::ipv4) {
    return owned(native::open(os::number_of(kind), os::number_of(type), 0));
}

place loopback() { return to_sockaddr(endpoint::parse("127.0.0.1:0").value()).value(); }

place address_of(os::handle socket) { return native::local<place>(socket).value(); }

owned bound(socket_type type) {
    auto made = open(type);
    native::bind(made, loopback()).value();
    return made;
}

owned listening() {
    auto made = bound(socket_type::stream);
    native::listen(made, 128).value();
    return made;
}

owned accepted(os::handle listener, place* remote = nullptr) {
    return owned(native::accept(listener, waiting::yes, remote));
}

owned connected_to(os::handle listener) {
    auto made = open(socket_type::stream);
    native::connect(made, address_of(listener), waiting::yes).value();
    return made;
}

struct connection {
    owned listener = listening();
    owned client = connected_to(listener);
    owned server = accepted(listener);
};

bool becomes(os::handle socket, interest awaited, instant until = for_ever) {
    os::watch one{socket, awaited};
    while (native::wait({&one, 1}, until, nullptr).value() == 0)
        if (native::now() >= until) return false;
    return one.ready;
}

std::string receive(os::handle socket, std::size_t most = 100) {
    std::string text(most, '?');
    text.resize(native::receive(socket, text, waiting::yes).value());
    return text;
}

std::string receive_all(os::handle socket, std::size_t size) {
    std::string text;
    while (text.size() < size) {
        auto part = receive(socket, size - text.size());
        if (part.empty()) break;
        text += part;
    }
    return text;
}

void send(os::handle socket, std::string_view text) {
    while (!text.empty()) text.remove_prefix(native::send(socket, bytes(text), waiting::yes).value());
}

void send_to(os::handle socket, const place& to, std::string_view text) {
    CHECK(native::send_to(socket, &to, bytes(text), waiting::yes) == text.size());
}

template <class Outcome>
void check_would_block(const Outcome& outcome) {
    REQUIRE_FALSE(outcome.has_value());
    CHECK(outcome.error() == std::errc::resource_unavailable_try_again);
}

}  // namespace

TEST_CASE("a connection carries bytes both ways, and 0 is its end") {
    connection both;
    send(both.client, "ping");
    CHECK(receive_all(both.server, 4) == "ping");
    send(both.server, "pong");
    CHECK(receive_all(both.client, 4) == "pong");
    both.client.close();
    CHECK(receive(both.server) == "");
    CHECK(receive(both.server) == "");
}

TEST_CASE("accept gives the address that the client sees at its own end") {
    auto listener = listening();
    auto client = connected_to(listener);
    place remote;
    auto server = accepted(listener, &remote);
    CHECK(remote.endpoint() == address_of(client).endpoint());
    CHECK(native::remote<place>(server)->endpoint() == address_of(client).endpoint());
    CHECK(native::remote<place>(client)->endpoint() == address_of(listener).endpoint());
    CHECK(address_of(server).endpoint() == address_of(listener).endpoint());
}

TEST_CASE("what would have to wait and may not says try again") {
    std::array<std::byte, 8> buffer{};
    std::array<mutable_bytes, 1> list{mutable_bytes(buffer)};
    connection both;
    check_would_block(native::receive(both.client, mutable_bytes(buffer), waiting::no));
    check_would_block(native::receive(both.client, list, waiting::no));
    check_would_block(native::accept(both.listener, waiting::no, static_cast<place*>(nullptr)));
    place remote;
    check_would_block(native::accept(both.listener, waiting::no, &remote));
    auto datagrams = bound(socket_type::datagram);
    check_would_block(native::receive_from(datagrams, &remote, mutable_bytes(buffer), waiting::no));
    check_would_block(native::receive_from(datagrams, &remote, list, waiting::no));
}

TEST_CASE("a full connection takes a part, then says try again, and is writable once the peer has read") {
    connection both;
    std::vector<char> block(1 << 16, 'x');
    std::size_t sent = 0;
    for (;;) {
        auto count = native::send(both.client, bytes(block), waiting::no);
        if (!count) {
            check_would_block(count);
            break;
        }
        CHECK(*count > 0);
        sent += *count;
        REQUIRE(sent < (std::size_t{1} << 30));
    }
    std::array<bytes, 2> list{bytes(block), bytes(block)};
    check_would_block(native::send(both.client, list, waiting::no));
    CHECK_FALSE(becomes(both.client, interest::writable, native::now()));
    CHECK(receive_all(both.server, sent).size() == sent);
    CHECK(becomes(both.client, interest::writable));
}

TEST_CASE("a call that may wait does wait, also after one that might not") {
    connection both;
    std::array<std::byte, 8> buffer{};
    check_would_block(native::receive(both.server, mutable_bytes(buffer), waiting::no));
    std::jthread other([&] {
        if (becomes(both.client, interest::readable)) send(both.client, receive(both.client) + "!");
    });
    send(both.server, "late");
    CHECK(receive_all(both.server, 5) == "late!");
}

TEST_CASE("an accept that may wait does wait") {
    auto listener = listening();
    std::jthread other([&] { send(connected_to(listener), "x"); });
    auto server = accepted(listener);
    CHECK(receive(server) == "x");
}

TEST_CASE("a connect that may not wait goes on behind the scenes") {
    auto listener = listening();
    auto client = open(socket_type::stream);
    auto outcome = native::connect(client, address_of(listener), waiting::no);
    if (!outcome) CHECK(outcome.error() == std::errc::operation_in_progress);
    CHECK(becomes(client, interest::writable));
    CHECK(native::take_error(client));
    CHECK(native::remote<place>(client)->endpoint() == address_of(listener).endpoint());
    std::array<std::byte, 8> buffer{};
    check_would_block(native::receive(client, mutable_bytes(buffer), waiting::no));
    auto server = accepted(listener);
    send(client, "hello");
    CHECK(receive_all(server, 5) == "hello");
    server.close();
    CHECK(receive(client) == "");
}

TEST_CASE("where nobody listens a connection is refused") {
    auto nobody = bound(socket_type::stream);    // its port is taken and silent
    SUBCASE("by a connect that waits") {
        auto client = open(socket_type::stream);
        auto outcome = native::connect(client, address_of(nobody), waiting::yes);
        REQUIRE_FALSE(outcome);
        CHECK(outcome.error() == std::errc::connection_refused);
        CHECK(outcome.error().operation() == verb::connect);
    }
    SUBCASE("by what a connect left behind") {
        auto client = open(socket_type::stream);
        auto outcome = native::connect(client, address_of(nobody), waiting::no);
        if (!outcome && outcome.error() == std::errc::operation_in_progress) {
            CHECK(becomes(client, interest::writable));
            outcome = native::take_error(client);
        }
        REQUIRE_FALSE(outcome);
        CHECK(outcome.error() == std::errc::connection_refused);
    }
}

TEST_CASE("buffers are gathered and scattered in their order, empty ones too") {
    connection both;
    std::array<bytes, 4> from{bytes("ab"), bytes(), bytes("c"), bytes("defg")};
    CHECK(native::send(both.client, from, waiting::yes) == 7u);
    REQUIRE(becomes(both.server, interest::readable));
    std::string first(3, '?'), second(10, '?');
    std::array<mutable_bytes, 3> into{mutable_bytes(first), mutable_bytes(), mutable_bytes(second)};
    std::size_t got = 0;
    while (got < 7) {    // a stream may come in pieces
        auto left = got;
        std::array<mutable_bytes, 2> rest{mutable_bytes(first.data() + std::min<std::size_t>(left, 3), 3 - std::min<std::size_t>(left, 3)),
                                          mutable_bytes(second.data() + (left > 3 ? left - 3 : 0), 10 - (left > 3 ? left - 3 : 0))};
        got += got == 0 ? native::receive(both.server, into, waiting::yes).value()
                        : native::receive(both.server, rest, waiting::yes).value();
    }
    CHECK(first + second == "abcdefg??????");
}

TEST_CASE("more buffers than one call takes are sent in part") {
    connection both;
    std::vector<bytes> many(3000, bytes("x"));
    auto count = native::send(both.client, many, waiting::yes);
    REQUIRE(count);
    CHECK(*count > 0);
    CHECK(*count <= 3000);
    CHECK(receive_all(both.server, *count) == std::string(*count, 'x'));
}

TEST_CASE("megabytes arrive whole and in order, both ways at once") {
    connection both;
    std::string data(4 << 20, '\0');
    std::uint32_t state = 1;
    for (auto& byte : data) byte = static_cast<char>((state = state * 1664525 + 1013904223) >> 24);
    std::string at_server, at_client;
    {
        std::jthread one([&] { send(both.client, data); });
        std::jthread two([&] { send(both.server, data); });
        std::jthread three([&] { at_server = receive_all(both.server, data.size()); });
        at_client = receive_all(both.client, data.size());
    }
    CHECK((at_server == data));
    CHECK((at_client == data));
}

TEST_CASE("a half-closed connection ends one way and goes on the other") {
    connection both;
    send(both.client, "question");
    REQUIRE(native::shutdown(both.client, direction::write));
    CHECK(receive_all(both.server, 100) == "question");
    send(both.server, "answer");
    CHECK(receive_all(both.client, 6) == "answer");
    auto outcome = native::send(both.client, bytes("x"), waiting::yes);
    REQUIRE_FALSE(outcome);
    CHECK(outcome.error() == std::errc::broken_pipe);
}

TEST_CASE("after shutdown of the reading half a receive is at the end") {
    for (auto half : {direction::read, direction::both}) {
        connection both;
        REQUIRE(native::shutdown(both.client, half));
        CHECK(receive(both.client) == "");
        std::array<std::byte, 8> buffer{};
        std::array<mutable_bytes, 1> list{mutable_bytes(buffer)};
        CHECK(native::receive(both.client, list, waiting::yes) == 0u);
    }
}

TEST_CASE("a peer that closes with unread data counts as ready, and gives no data") {
    connection both;
    send(both.client, "never read");
    REQUIRE(becomes(both.server, interest::readable));
    both.server.close();
    CHECK(becomes(both.client, interest::readable));
    std::array<std::byte, 8> buffer{};
    auto outcome = native::receive(both.client, mutable_bytes(buffer), waiting::yes);
    if (outcome) CHECK(*outcome == 0);    // Wine's select takes the error away
    else CHECK(outcome.error() == std::errc::connection_reset);
}

TEST_CASE("writing to a peer that has gone fails in the end, and kills nobody") {
    connection both;
    both.server.close();
    result<std::size_t> outcome;
    while (outcome) outcome = native::send(both.client, bytes("x"), waiting::yes);
    bool known = outcome.error() == std::errc::broken_pipe || outcome.error() == std::errc::connection_reset ||
                 outcome.error() == std::errc::connection_aborted;
    CHECK(known);
}

TEST_CASE("a datagram arrives whole with its sender's address, and can be answered") {
    auto one = bound(socket_type::datagram), other = bound(socket_type::datagram);
    send_to(one, address_of(other), "hello");
    place sender;
    std::string buffer(100, '?');
    CHECK(native::receive_from(other, &sender, mutable_bytes(buffer), waiting::yes) == 5u);
    CHECK(buffer.substr(0, 6) == "hello?");
    CHECK(sender.endpoint() == address_of(one).endpoint());
    send_to(other, sender, "back");
    CHECK(native::receive_from(one, static_cast<place*>(nullptr), mutable_bytes(buffer), waiting::yes) == 4u);
    CHECK(buffer.substr(0, 5) == "backo");
}

TEST_CASE("a datagram is gathered and scattered") {
    auto one = bound(socket_type::datagram), other = bound(socket_type::datagram);
    std::array<bytes, 3> from{bytes("ab"), bytes(), bytes("cde")};
    auto to = address_of(other);
    CHECK(native::send_to(one, &to, from, waiting::yes) == 5u);
    std::string first(1, '?'), second(10, '?');
    std::array<mutable_bytes, 2> into{mutable_bytes(first), mutable_bytes(second)};
    place sender;
    CHECK(native::receive_from(other, &sender, into, waiting::yes) == 5u);
    CHECK(first + second == "abcde??????");
    CHECK(sender.endpoint() == address_of(one).endpoint());
}

TEST_CASE("an empty datagram arrives as such") {
    auto one = bound(socket_type::datagram), other = bound(socket_type::datagram);
    send_to(one, address_of(other), "");
    place sender;
    std::string buffer(4, '?');
    CHECK(native::receive_from(other, &sender, mutable_bytes(buffer), waiting::yes) == 0u);
    CHECK(sender.endpoint() == address_of(one).endpoint());
    auto to = address_of(other);
    CHECK(native::send_to(one, &to, std::span<const bytes>(), waiting::yes) == 0u);
    CHECK(native::receive_from(other, &sender, mutable_bytes(buffer), waiting::yes) == 0u);
}

TEST_CASE("a datagram that does not fit is told by a size that is more than the room") {
    auto one = bound(socket_type::datagram), other = bound(socket_type::datagram);
    struct { std::size_t room; const char* start; const char* reason; } rows[] = {
        {3, "lon", "a part fits"},
        {0, "", "nothing fits"},
        {17, "longer than there", "one byte too many"},
    };
    for (auto& row : rows) {
        CAPTURE(row.reason);
        send_to(one, address_of(other), "longer than there!");
        send_to(one, address_of(other), "next");
        place sender;
        std::string buffer(row.room, '?');
        auto size = native::receive_from(other, &sender, mutable_bytes(buffer), waiting::yes);
        REQUIRE(size);
        CHECK(*size > row.room);
        CHECK(buffer == row.start);
        CHECK(sender.endpoint() == address_of(one).endpoint());
        std::string next(10, '?');
        CHECK(native::receive_from(other, &sender, mutable_bytes(next), waiting::yes) == 4u);
        CHECK(next == "next??????");
    }
}

TEST_CASE("a datagram that is too long is refused, and the socket goes on") {
    auto one = bound(socket_type::datagram), other = bound(socket_type::datagram);
    auto to = address_of(other);
    std::string longest(65'507, 'x');
    auto refused = native::send_to(one, &to, bytes(longest + "y"), waiting::yes);
    REQUIRE_FALSE(refused);
    CHECK(refused.error() == std::errc::message_size);
    CHECK(native::send_to(one, &to, bytes(longest), waiting::yes) == longest.size());
    std::string buffer(70'000, '?');
    CHECK(native::receive_from(other, static_cast<place*>(nullptr), mutable_bytes(buffer), waiting::yes) == longest.size());
}

TEST_CASE("a datagram of more pieces than one call takes is refused, not cut") {
    auto one = bound(socket_type::datagram);
    auto to = address_of(one);
    std::vector<bytes> many(3000, bytes("x"));
    auto outcome = native::send_to(one, &to, many, waiting::yes);
    REQUIRE_FALSE(outcome);
    CHECK(outcome.error() == std::errc::message_size);
}

TEST_CASE("a port where nobody listens does not end a conversation with others") {
    auto one = bound(socket_type::datagram), other = bound(socket_type::datagram);
    auto gone = bound(socket_type::datagram);
    auto nobody = address_of(gone);
    gone.close();
    for (int i = 0; i < 3; ++i) send_to(one, nobody, "anybody there?");
    send_to(other, address_of(one), "I am");
    std::string buffer(100, '?');
    CHECK(native::receive_from(one, static_cast<place*>(nullptr), mutable_bytes(buffer), waiting::yes) == 4u);
}

TEST_CASE("a connected datagram socket talks to one peer and hears no stranger") {
    auto one = bound(socket_type::datagram), other = bound(socket_type::datagram), stranger = bound(socket_type::datagram);
    REQUIRE(native::connect(one, address_of(other), waiting::yes));
    CHECK(native::send_to(one, static_cast<const place*>(nullptr), bytes("to you"), waiting::yes) == 6u);
    std::string buffer(100, '?');
    CHECK(native::receive_from(other, static_cast<place*>(nullptr), mutable_bytes(buffer), waiting::yes) == 6u);
    send_to(stranger, address_of(one), "listen to me");
    send_to(other, address_of(one), "yes");
    CHECK(native::receive_from(one, static_cast<place*>(nullptr), mutable_bytes(buffer), waiting::yes) == 3u);
}

TEST_CASE("an address that is taken cannot be taken again") {
    auto listener = listening();
    auto other = open(socket_type::stream);
    auto outcome = native::bind(other, address_of(listener));
    if (outcome) outcome = native::listen(other, 1);
    REQUIRE_FALSE(outcome);
    CHECK(outcome.error() == std::errc::address_in_use);
    auto datagrams = bound(socket_type::datagram), thief = open(socket_type::datagram);
    auto theft = native::bind(thief, address_of(datagrams));
    REQUIRE_FALSE(theft);
    CHECK(theft.error() == std::errc::address_in_use);
    CHECK(theft.error().operation() == verb::bind);
}

TEST_CASE("an address of another machine cannot be bound") {
    auto socket = open(socket_type::stream);
    auto outcome = native::bind(socket, to_sockaddr(endpoint::parse("203.0.113.1:0").value()).value());
    REQUIRE_FALSE(outcome);
    CHECK(outcome.error() == std::errc::address_not_available);
}

TEST_CASE("a socket that was never bound has the empty address, and one that is not connected no peer") {
    for (auto kind : {family::ipv4, family::ipv6}) {
        for (auto type : {socket_type::stream, socket_type::datagram}) {
            auto socket = open(type, kind);
            auto own = native::local<place>(socket);
            REQUIRE(own);
            CHECK(own->endpoint() == endpoint::parse(kind == family::ipv4 ? "0.0.0.0:0" : "[::]:0").value());
            auto peer = native::remote<place>(socket);
            REQUIRE_FALSE(peer);
            CHECK(peer.error() == std::errc::not_connected);
        }
    }
}

TEST_CASE("a duplicate is the same connection") {
    connection both;
    owned twin(native::duplicate(both.client));
    CHECK(twin != both.client);
    both.client.close();
    send(twin, "still here");
    CHECK(receive_all(both.server, 10) == "still here");
    std::array<std::byte, 8> buffer{};
    check_would_block(native::receive(twin, mutable_bytes(buffer), waiting::no));
    send(both.server, "good");
    CHECK(receive_all(twin, 4) == "good");
}

TEST_CASE("of two that want the same bytes one gets them, and the other does not wait") {
    auto sender = bound(socket_type::datagram), receiver = bound(socket_type::datagram);
    owned twin(native::duplicate(receiver));
    send_to(sender, address_of(receiver), "one");
    CHECK(becomes(receiver, interest::readable));
    CHECK(becomes(twin, interest::readable));
    std::array<std::byte, 8> buffer{};
    CHECK(native::receive_from(receiver, static_cast<place*>(nullptr), mutable_bytes(buffer), waiting::no) == 3u);
    check_would_block(native::receive_from(twin, static_cast<place*>(nullptr), mutable_bytes(buffer), waiting::no));
}

TEST_CASE("a pair is connected with each other") {
    auto made = native::pair(os::number_of(family::local), os::number_of(socket_type::stream), 0);
    REQUIRE(made);
    owned one((*made)[0]), other((*made)[1]);
    send(one, "left");
    CHECK(receive_all(other, 4) == "left");
    send(other, "right");
    CHECK(receive_all(one, 5) == "right");
    std::array<std::byte, 8> buffer{};
    check_would_block(native::receive(one, mutable_bytes(buffer), waiting::no));
    check_would_block(native::receive(other, mutable_bytes(buffer), waiting::no));
    CHECK(native::local<socket_address<local_address>>(one)->endpoint() == local_address());
    CHECK(native::remote<socket_address<local_address>>(one)->endpoint() == local_address());
    other.close();
    CHECK(receive(one) == "");
}

TEST_CASE("describe says what a handle is") {
    auto listener = listening();
    auto datagrams = open(socket_type::datagram, family::ipv6);
    auto one = native::describe(listener);
    REQUIRE(one);
    CHECK(one->family == os::number_of(family::ipv4));
    CHECK(one->type == os::number_of(socket_type::stream));
    CHECK(one->number == 6);
    CHECK(one->listens);
    auto other = native::describe(datagrams);
    REQUIRE(other);
    CHECK(other->family == os::number_of(family::ipv6));
    CHECK(other->type == os::number_of(socket_type::datagram));
    CHECK(other->number == 17);
    CHECK_FALSE(other->listens);
}

TEST_CASE("what there is no protocol for cannot be opened") {
    struct { int family, type, number; std::errc cause; const char* reason; } rows[] = {
        {250, os::number_of(socket_type::stream), 0, std::errc::address_family_not_supported, "no such family"},
        {os::number_of(family::ipv4), os::number_of(socket_type::stream), 17, std::errc::protocol_not_supported, "UDP as a stream"},
    };
    for (auto& row : rows) {
        CAPTURE(row.reason);
        auto outcome = native::open(row.family, row.type, row.number);
        REQUIRE_FALSE(outcome);
        CHECK(outcome.error().operation() == verb::open);
        CHECK(outcome.error() == row.cause);
    }
}

TEST_CASE("options are raw bytes") {
    auto socket = open(socket_type::stream);
    int on = 1, found = 0;
    auto name = os::options::no_delay;
    REQUIRE(native::get_option(socket, name.level, name.name, mutable_bytes(&found, sizeof found)));
    CHECK(found == 0);
    REQUIRE(native::set_option(socket, name.level, name.name, bytes(&on, sizeof on)));
    auto size = native::get_option(socket, name.level, name.name, mutable_bytes(&found, sizeof found));
    REQUIRE(size);
    CHECK(*size <= sizeof found);
    CHECK(found != 0);
    auto unknown = native::set_option(socket, name.level, 32'000, bytes(&on, sizeof on));
    REQUIRE_FALSE(unknown);
    CHECK(unknown.error() == std::errc::no_protocol_option);
    CHECK(unknown.error().operation() == verb::set);
}

TEST_CASE("every call on no socket, or on one that is closed, is a bad descriptor") {
    auto closed = open(socket_type::stream);
    auto number = closed.handle;
    closed.close();
    for (auto socket : {os::none, number}) {
        std::array<std::byte, 8> buffer{};
        std::array<bytes, 1> from{bytes("x")};
        std::array<mutable_bytes, 1> into{mutable_bytes(buffer)};
        auto to = loopback();
        os::watch watches[] = {{socket, interest::readable}, {socket, interest::writable}};
        auto bad = [](const auto& outcome) {
            REQUIRE_FALSE(outcome.has_value());
            CHECK(outcome.error() == std::errc::bad_file_descriptor);
        };
        bad(native::bind(socket, to));
        bad(native::listen(socket, 1));
        bad(native::connect(socket, to, waiting::yes));
        bad(native::connect(socket, to, waiting::no));
        bad(native::take_error(socket));
        bad(native::accept(socket, waiting::yes, &to));
        bad(native::accept(socket, waiting::no, static_cast<place*>(nullptr)));
        bad(native::send(socket, bytes("x"), waiting::yes));
        bad(native::send(socket, from, waiting::no));
        bad(native::receive(socket, mutable_bytes(buffer), waiting::yes));
        bad(native::receive(socket, into, waiting::no));
        bad(native::send_to(socket, &to, bytes("x"), waiting::yes));
        bad(native::send_to(socket, static_cast<const place*>(nullptr), from, waiting::yes));
        bad(native::receive_from(socket, &to, mutable_bytes(buffer), waiting::yes));
        bad(native::receive_from(socket, &to, into, waiting::no));
        bad(native::shutdown(socket, direction::both));
        bad(native::local<place>(socket));
        bad(native::remote<place>(socket));
        bad(native::duplicate(socket));
        bad(native::describe(socket));
        bad(native::get_option(socket, os::options::no_delay.level, os::options::no_delay.name, mutable_bytes(buffer)));
        bad(native::set_option(socket, os::options::no_delay.level, os::options::no_delay.name, bytes(buffer)));
        bad(native::wait(watches, for_ever, nullptr));
    }
}

TEST_CASE("a wait tells which of its handles are ready") {
    std::vector<owned> sockets;
    std::vector<os::watch> watches;
    for (int i = 0; i < 64; ++i) {
        sockets.push_back(bound(socket_type::datagram));
        watches.push_back({sockets.back(), interest::readable, true});
    }
    auto sender = bound(socket_type::datagram);
    for (std::size_t i : {0u, 31u, 63u}) send_to(sender, address_of(sockets[i]), "x");
    for (std::size_t i : {0u, 31u, 63u}) CHECK(becomes(sockets[i], interest::readable));
    os::waker sleeper;
    CHECK(native::wait(watches, for_ever, &sleeper) == 3u);
    for (std::size_t i = 0; i < 64; ++i) CHECK(watches[i].ready == (i == 0 || i == 31 || i == 63));
    watches.push_back(watches.front());
#if defined(PLUMB_OS_WINDOWS)
    CHECK(native::wait(watches, for_ever, &sleeper).error() == std::errc::invalid_argument);
#else
    while (watches.size() < 500) watches.push_back(watches[watches.size() - 64]);
    for (auto& one : watches) one.ready = false;
    CHECK(native::wait(watches, for_ever, &sleeper) == 23u);    // 3 of each 64, and of those beyond the first two
    for (std::size_t i = 0; i < 500; ++i) CHECK(watches[i].ready == (i % 64 == 0 || i % 64 == 31 || i % 64 == 63));
    sleeper.wake();
    CHECK(native::wait(watches, for_ever, &sleeper) == 23u);
    CHECK(native::wait(std::span(watches).subspan(1, 30), for_ever, &sleeper) == 0u);
#endif
}

TEST_CASE("a wait for reading and for writing on one socket tells them apart") {
    connection both;
    os::watch watches[] = {{both.client, interest::readable}, {both.client, interest::writable}};
    CHECK(native::wait(watches, for_ever, nullptr) == 1u);
    CHECK_FALSE(watches[0].ready);
    CHECK(watches[1].ready);
    send(both.server, "x");
    CHECK(becomes(both.client, interest::readable));
    CHECK(native::wait(watches, for_ever, nullptr) == 2u);
    CHECK(watches[0].ready);
    CHECK(watches[1].ready);
}

TEST_CASE("a wait ends at its moment, and at once when that has passed") {
    connection both;
    os::watch watch{both.client, interest::readable, true};
    auto until = native::now() + 30ms;
    int waits = 0;
    for (; native::now() < until; ++waits) CHECK(native::wait({&watch, 1}, until, nullptr) == 0u);
    CHECK(waits <= 20);
    CHECK_FALSE(watch.ready);
    CHECK(native::wait({&watch, 1}, native::now() - 1h, nullptr) == 0u);
    CHECK(native::wait({&watch, 1}, instant(), nullptr) == 0u);
    CHECK(native::wait({}, native::now() - 1h, nullptr) == 0u);
    until = native::now() + 5ms;
    while (native::now() < until) CHECK(native::wait({}, until, nullptr) == 0u);
}

TEST_CASE("a far moment is no early one") {
    connection both;
    os::watch watch{both.client, interest::readable};
    std::jthread other([&] { send(both.server, "x"); });
    for (auto until : {for_ever, for_ever - 1ns, native::now() + std::chrono::hours(24 * 365 * 100)}) {
        while (native::wait({&watch, 1}, until, nullptr).value() == 0) CHECK(native::now() < until);
        CHECK(watch.ready);
    }
}

TEST_CASE("a wait for a socket ends when a waker beside it is woken") {
    connection both;
    os::waker sleeper;
    os::watch watch{both.client, interest::readable};
    std::jthread other([&] { sleeper.wake(); });
    while (!sleeper.is_awake()) (void)native::wait({&watch, 1}, for_ever, &sleeper);
    CHECK(native::wait({&watch, 1}, for_ever, &sleeper) == 0u);
    CHECK_FALSE(watch.ready);
}

TEST_CASE("a listener is readable when somebody is there to be accepted") {
    auto listener = listening();
    CHECK_FALSE(becomes(listener, interest::readable, native::now()));
    auto client = connected_to(listener);
    CHECK(becomes(listener, interest::readable));
    owned server(native::accept(listener, waiting::no, static_cast<place*>(nullptr)));
    CHECK_FALSE(becomes(listener, interest::readable, native::now()));
}
