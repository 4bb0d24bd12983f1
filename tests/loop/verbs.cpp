// SPDX-License-Identifier: BSL-1.0
#include <plumb/loop/verbs.hpp>

#include <plumb/loop/async_buffered.hpp>
#include <plumb/loop/async_pipe.hpp>
#include <plumb/loop/scope.hpp>
#include <plumb/loop/together.hpp>
#include <plumb/socket/local.hpp>
#include <plumb/socket/tcp.hpp>
#include <plumb/socket/udp.hpp>
#include <plumb/stream/buffered.hpp>
#include <plumb/testing.hpp>

#include <doctest/doctest.h>

#include "descriptors.hpp"
#include "in_loop.hpp"
#include "loopback.hpp"

#include <array>
#include <chrono>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

using namespace plumb;
using namespace std::chrono_literals;
using support::on_every_driver;

namespace {

template <class P>
auto listening(loop& in) {
    if constexpr (std::same_as<typename P::endpoint_type, endpoint>) return P::listen(in, {ipv4_address::loopback(), 0}).value();
    else return P::listen(in, local_address::abstract_name("plumb-test-" + std::to_string(tcp::now().time_since_epoch().count())).value()).value();
}

// What a call gives, awaited where it has to be.
template <class T>
struct given_by {
    using type = T;
};
template <class T>
    requires requires { typename detail::awaited_value<T>; }
struct given_by<T> {
    using type = detail::awaited_value<T>;
};

// Whether a call gives the same of a blocking type and of its twin in a loop.
template <class B, class L>
constexpr bool same(auto call) {
    return std::same_as<decltype(call(std::declval<B&>())), typename given_by<decltype(call(std::declval<L&>()))>::type>;
}

const deadline soon;
const stop_token halt;

template <class B, class L>
constexpr bool reads_alike() {
    return same<B, L>([](auto& s) { return s.read(mutable_bytes(), soon, halt); }) && same<B, L>([](auto& s) { return s.read_exact(mutable_bytes(), soon); }) &&
           same<B, L>([](auto& s) { std::string to; return s.read_to_end(to, soon); }) &&
           same<B, L>([](auto& s) { std::string to; return s.read_to_end(to, 10, halt, soon); }) &&
           same<B, L>([](auto& s) { return s.template read_to_end<std::string>(soon); }) &&
           same<B, L>([](auto& s) { return s.template read_to_end<std::string>(10, soon); });
}
template <class B, class L>
constexpr bool writes_alike() {
    return same<B, L>([](auto& s) { return s.write("x", soon, halt); }) && same<B, L>([](auto& s) { return s.write(std::span<const bytes>(), halt); }) &&
           same<B, L>([](auto& s) { return s.write_all("x", soon); }) && same<B, L>([](auto& s) { return s.write_all({"x", "y"}, soon); }) &&
           same<B, L>([](auto& s) { return s.write_all(std::span<const bytes>(), soon, halt); });
}
template <class B, class L>
constexpr bool scatters_alike() {
    return same<B, L>([](auto& s) { return s.read(std::span<const mutable_bytes>(), halt); });
}
template <class B, class L>
constexpr bool handles_alike() {
    return same<B, L>([](auto& s) { return s.duplicate(); }) && same<B, L>([](auto& s) { return s.is_open(); }) &&
           same<B, L>([](auto& s) { return s.native_handle(); }) && same<B, L>([](auto& s) { return s.close(); });
}
template <class B, class L>
constexpr bool sockets_alike() {
    return handles_alike<B, L>() && same<B, L>([](auto& s) { return s.local_endpoint(); }) &&
           same<B, L>([](auto& s) { return s.set(receive_buffer_size{1}); }) && same<B, L>([](auto& s) { return s.template get<receive_buffer_size>(); });
}
template <class B, class L, class E = typename B::endpoint_type>
constexpr bool peers_alike() {
    return sockets_alike<B, L>() && same<B, L>([](auto& s) { return s.bind(E()); }) && same<B, L>([](auto& s) { return s.connect(E(), soon, halt); }) &&
           same<B, L>([](auto& s) { return s.shutdown(direction::both); }) && same<B, L>([](auto& s) { return s.peer_endpoint(); });
}
template <class B, class L>
constexpr bool streams_alike() {
    return peers_alike<B, L>() && reads_alike<B, L>() && scatters_alike<B, L>() && writes_alike<B, L>() &&
           same<B, L>([](auto& s) { file from; return s.send_file(from, soon); }) && same<B, L>([](auto& s) { file from; return s.send_file(from, 10, halt); }) &&
           same<B, L>([](auto& s) { return s.send_file("path", soon, halt); });
}
template <class B, class L>
constexpr bool messages_alike() {
    return peers_alike<B, L>() && same<B, L>([](auto& s) { return s.send("x", soon, halt); }) &&
           same<B, L>([](auto& s) { return s.receive(mutable_bytes(), soon, halt); });
}
template <class B, class L, class E = typename B::endpoint_type>
constexpr bool datagrams_alike() {
    return messages_alike<B, L>() && same<B, L>([](auto& s) { return s.send_to("x", E(), soon, halt); }) &&
           same<B, L>([](auto& s) { return s.send_to("x", socket_address<E>(), soon); }) &&
           same<B, L>([](auto& s) { return s.send_to(std::span<const bytes>(), E(), soon); }) &&
           same<B, L>([](auto& s) { return s.send(std::span<const bytes>(), soon); }) &&
           same<B, L>([](auto& s) { return s.receive_from(mutable_bytes(), soon); }) &&
           same<B, L>([](auto& s) { return s.receive_from(std::span<const mutable_bytes>(), soon, halt); }) &&
           same<B, L>([](auto& s) { return s.receive(std::span<const mutable_bytes>(), soon); });
}
template <class B, class L>
constexpr bool passes_alike() {
    return same<B, L>([](auto& s) { return s.send_descriptors("x", std::span<const borrowed_handle>(), soon, halt); }) &&
           same<B, L>([](auto& s) { return s.send_descriptors("x", {s}, soon); }) &&
           same<B, L>([](auto& s) { return s.receive_descriptors(mutable_bytes(), std::span<descriptor>(), soon, halt); });
}
template <class B, class L>
constexpr bool pipes_alike() {
    return handles_alike<B, L>() && same<B, L>([](auto& s) { return s.capacity(); }) && same<B, L>([](auto& s) { return s.set_capacity(4096); });
}
template <class B, class L>
constexpr bool buffers_alike() {
    return reads_alike<B, L>() && writes_alike<B, L>() && same<B, L>([](auto& s) { return s.kept(); }) && same<B, L>([](auto& s) { return s.put_back("x"); }) &&
           same<B, L>([](auto& s) { return s.read_until("x", 10, soon); }) && same<B, L>([](auto& s) { return s.read_until("x", soon, halt); }) &&
           same<B, L>([](auto& s) { return s.read_line(10, soon); }) && same<B, L>([](auto& s) { return s.read_line(soon, halt); }) &&
           same<B, L>([](auto& s) { return s.read_frame(10, soon); }) &&
           same<B, L>([](auto& s) { return s.template read_frame<little<std::uint16_t>>(soon); }) &&
           same<B, L>([](auto& s) { return s.write_frame("x", soon, halt); });
}

}  // namespace

static_assert(streams_alike<tcp::socket, tcp::async_socket>() && streams_alike<faulty<tcp>::socket, faulty<tcp>::async_socket>());
static_assert(streams_alike<local::stream::socket, local::stream::async_socket>() && passes_alike<local::stream::socket, local::stream::async_socket>());
static_assert(messages_alike<local::seqpacket::socket, local::seqpacket::async_socket>());
static_assert(passes_alike<local::seqpacket::socket, local::seqpacket::async_socket>());
static_assert(datagrams_alike<udp::socket, udp::async_socket>() && datagrams_alike<local::datagram::socket, local::datagram::async_socket>());
static_assert(passes_alike<local::datagram::socket, local::datagram::async_socket>());
static_assert(sockets_alike<tcp::acceptor, tcp::async_acceptor>());
static_assert(same<tcp::acceptor, tcp::async_acceptor>([](auto& a) { return a.shutdown(); }));
static_assert(pipes_alike<pipe_reader, async_pipe_reader>() && pipes_alike<pipe_writer, async_pipe_writer>());
static_assert(reads_alike<pipe_reader, async_pipe_reader>() && scatters_alike<pipe_reader, async_pipe_reader>());
static_assert(writes_alike<pipe_writer, async_pipe_writer>());
static_assert(reads_alike<duplex_end, async_duplex_end>() && scatters_alike<duplex_end, async_duplex_end>() && writes_alike<duplex_end, async_duplex_end>());
static_assert(same<duplex_end, async_duplex_end>([](auto& s) { return s.shutdown(direction::both); }));
static_assert(buffers_alike<buffered<tcp::socket>, async_buffered<tcp::async_socket>>());

TEST_CASE_TEMPLATE("connect and accept meet, and each knows the other", P, tcp, local::stream, faulty<tcp>, traced<tcp>) {
    on_every_driver([](loop& in) -> task<> {
        support::weather<P> bad;
        auto server = listening<P>(in);
        auto [client, peer] = co_await when_all(P::connect(in, server.local_endpoint().value(), within(10s)), server.accept_from());
        CHECK(client->peer_endpoint().value() == server.local_endpoint().value());
        CHECK(peer->socket.peer_endpoint().value() == client->local_endpoint().value());
        CHECK(peer->peer == client->local_endpoint().value());
        auto [sent, got] = co_await when_all(client->write_all("hello"), peer->socket.receive());
        CHECK(sent.has_value());
        CHECK(got.value().text().starts_with("h"));
    });
}

TEST_CASE("a host is connected to by its name, and one deadline holds for all of it") {
    on_every_driver([](loop& in) -> task<> {
        auto server = tcp::listen(in, {ipv4_address::loopback(), 0}).value();
        auto port = to_string(server.local_endpoint().value().port());
        for (auto& text : {"localhost:" + port, "127.0.0.1:" + port}) {
            auto [client, peer] = co_await when_all(tcp::connect(in, text, within(10s), no_delay{true}), server.accept());
            CHECK(client.value().template get<no_delay>().value());
            CHECK(peer.has_value());
        }
        CHECK((co_await tcp::connect(in, "127.0.0.1")).error().operation() == verb::parse);
        CHECK((co_await tcp::connect(in, "no host:80", within(1s))).error() == lookup::invalid_name);
        CHECK((co_await tcp::connect(in, "localhost:80", within(-1s))).error() == condition::timed_out);
    });
}

TEST_CASE("what a blocking verb gave is attached as it is, and its error passed on") {
    on_every_driver([](loop& in) -> task<> {
        auto there = in.attach(udp::bind({ipv4_address::loopback(), 0})).value();
        auto to = there.local_endpoint().value();
        auto here = in.attach(udp::open(family::ipv4)).value();
        auto sent = co_await here.send_to("hello", to);
        CHECK(sent.has_value());
        std::array<char, 8> buffer;
        auto letter = co_await there.receive(buffer);
        CHECK(letter.value().size == 5);
        CHECK(in.attach(udp::bind(to)).error() == error(verb::bind, std::errc::address_in_use));
        CHECK(in.attach(tcp::listen({ipv4_address::loopback(), 0})).has_value());
    });
}

TEST_CASE("what refuses a connection is told, and nothing stays open") {
    on_every_driver([](loop& in) -> task<> {
        auto before = support::count_descriptors();
        auto nobody = [] { return tcp::listen({ipv4_address::loopback(), 0}).value().local_endpoint().value(); }();
        CHECK((co_await tcp::connect(in, nobody)).error() == error(verb::connect, std::errc::connection_refused));
        CHECK((co_await tcp::connect(in, endpoint(ipv4_address::loopback(), 0))).error() == std::errc::address_not_available);
        CHECK((co_await tcp::connect(in, endpoint(ipv4_address::any(), 80))).error() == std::errc::address_not_available);
        CHECK((co_await local::stream::connect(in, local_address::path("/nowhere/at/all").value())).error() == std::errc::no_such_file_or_directory);
        CHECK(support::count_descriptors() == before);
    });
}

TEST_CASE("a connection to itself is refused") {
    on_every_driver([](loop& in) -> task<> {
        auto made = tcp::bind(in, {ipv4_address::loopback(), 0}).value();
        auto outcome = co_await made.connect(made.local_endpoint().value());
        CHECK(outcome.error() == error(verb::connect, condition::self_connected));
    });
}

TEST_CASE("a connect that nobody answers ends at its deadline, by a stop or with its frame, and its descriptor goes") {
    on_every_driver([](loop& in) -> task<> {
        auto server = tcp::listen({ipv4_address::loopback(), 0}).value();
        auto at = server.local_endpoint().value();
        REQUIRE(os::native::listen(server.native_handle(), 0));
        auto first = tcp::connect(at, within(5s)).value();    // the queue is full now: the kernel drops what comes
        stop_source stop;
        (void)co_await in.sleep_for(1ms, stop.token());
        auto before = support::count_descriptors();
        CHECK((co_await tcp::connect(in, at, within(10ms))).error() == error(verb::connect, condition::timed_out));
        auto request = [&]() -> task<> {
            (co_await in.sleep_for(1ms)).value();
            stop.request_stop();
        };
        auto [stopped, none] = co_await when_all(tcp::connect(in, at, stop.token()), request());
        CHECK(stopped.error() == error(verb::connect, condition::cancelled));
        {
            auto dropped = tcp::connect(in, at);
            dropped.start();
            (co_await in.sleep_for(1ms)).value();
        }
        CHECK(support::count_descriptors() == before);
    });
}

#if defined(PLUMB_OS_LINUX)
TEST_CASE("what was told of a socket before it began to connect is not taken for its connection") {
    on_every_driver([](loop& in) -> task<> {
        auto full = tcp::listen({ipv4_address::loopback(), 0}).value();
        auto at = full.local_endpoint().value();
        REQUIRE(os::native::listen(full.native_handle(), 0));
        auto first = tcp::connect(at, within(5s)).value();    // the queue is full now: the kernel drops what comes
        auto [one, theirs] = support::connected<tcp>();
        auto heard = in.attach(std::move(one)).value();
        (co_await in.sleep_for(1ms)).value();
        tcp::async_socket late;
        auto connect = [&]() -> task<result<void>> {
            auto come = co_await heard.receive();
            CHECK(come.has_value());
            co_return co_await late.connect(at, within(20ms));
        };
        auto prepare = [&, &told = theirs]() -> task<> {
            told.write_all("x").value();    // epoll tells of it first, and at once of the other that is not connected
            late = tcp::bind(in, {ipv4_address::loopback(), 0}).value();
            co_return;
        };
        auto [connected, none] = co_await when_all(connect(), prepare());
        CHECK(connected.error() == error(verb::connect, condition::timed_out));
    });
}
#endif

TEST_CASE("a local listener whose queue is full is waited for, no longer than the deadline") {
    on_every_driver([](loop& in) -> task<> {
        auto at = local_address::abstract_name("plumb-full-" + std::to_string(tcp::now().time_since_epoch().count())).value();
        auto server = local::stream::listen(at).value();
        REQUIRE(os::native::listen(server.native_handle(), 0));
        auto first = local::stream::connect(at, within(1s)).value();
        CHECK((co_await local::stream::connect(in, at, within(20ms))).error() == error(verb::connect, condition::timed_out));
        auto make_room = [&]() -> task<> {
            (co_await in.sleep_for(5ms)).value();
            (void)server.accept().value();
        };
        auto [late, none] = co_await when_all(local::stream::connect(in, at, within(10s)), make_room());
        CHECK(late.has_value());
    });
}

TEST_CASE("a file that a dead server left behind is replaced in a loop as well") {
    on_every_driver([](loop& in) -> task<> {
        std::string path = "/tmp/plumb-verbs-" + std::to_string(tcp::now().time_since_epoch().count());
        auto at = local_address::path(path).value();
        (void)local::datagram::bind(at).value();
        (void)local::datagram::bind(in, at, replace_stale_file{true}).value();
        auto server = local::stream::listen(in, at, replace_stale_file{true}).value();
        CHECK(local::stream::listen(in, at, replace_stale_file{true}).error() == error(verb::bind, std::errc::address_in_use));
        auto [client, peer] = co_await when_all(local::stream::connect(in, at, within(10s)), server.accept(within(10s)));
        CHECK((client && peer));
        std::filesystem::remove(path);
    });
}

TEST_CASE_TEMPLATE("a socket that is bound first is connected then, by its own verb", P, tcp, local::stream, local::seqpacket, faulty<tcp>) {
    on_every_driver([](loop& in) -> task<> {
        support::weather<P> bad;
        auto server = listening<P>(in);
        auto at = server.local_endpoint().value();
        auto place = [] {
            if constexpr (std::same_as<typename P::endpoint_type, endpoint>) return endpoint(ipv4_address::loopback(), 0);
            else return local_address::abstract_name("plumb-bound-" + std::to_string(tcp::now().time_since_epoch().count())).value();
        };
        auto bound = P::bind(in, place());
        auto& client = bound.value();
        auto slept = co_await in.sleep_for(1ms);    // the driver sees it while it has no peer
        CHECK(slept.has_value());
        auto ours = client.local_endpoint().value();
        auto [outcome, peer] = co_await when_all(client.connect(at, within(10s)), server.accept());
        CHECK(outcome.has_value());
        CHECK(client.local_endpoint().value() == ours);
        CHECK(peer.value().peer_endpoint().value() == ours);
        auto twin = client.duplicate();
        CHECK(twin.value().peer_endpoint().value() == at);
        client.close();
        auto closed = co_await client.connect(at);
        CHECK(closed.error() == error(verb::connect, std::errc::bad_file_descriptor));
    });
}

TEST_CASE("what a server says and that it ends at once is not missed by who has just connected") {
    on_every_driver([](loop& in) -> task<> {
        auto server = tcp::listen({ipv4_address::loopback(), 0}).value();
        auto at = server.local_endpoint().value();
        std::jthread daytime([&server] {
            while (auto peer = server.accept()) (void)peer->write_all("noon");
        });
        auto wrong = 0;
        for (int i = 0; i < 300; ++i) {
            auto client = tcp::bind(in, {ipv4_address::loopback(), 0}).value();
            if (i % 2) (co_await in.sleep_for(0s)).value();    // the driver sees it while it has no peer
            auto connected = co_await client.connect(at, within(10s));
            auto heard = co_await client.read_to_end<std::string>(within(5s));
            wrong += !connected || heard != "noon";
            if (wrong > 0) break;
        }
        CHECK(wrong == 0);
        server.shutdown().value();
    });
}

TEST_CASE("a socket may be closed while it waits for a place in a listener's queue") {
    on_every_driver([](loop& in) -> task<> {
        auto name = [](const char* what) { return local_address::abstract_name(what + std::to_string(tcp::now().time_since_epoch().count())).value(); };
        auto server = local::stream::listen(name("plumb-full-")).value();
        REQUIRE(os::native::listen(server.native_handle(), 0));
        auto at = server.local_endpoint().value();
        auto first = local::stream::connect(at, within(1s)).value();
        auto client = local::stream::bind(in, name("plumb-late-")).value();
        auto waited = co_await client.connect(at, within(5ms));
        CHECK(waited.error() == error(verb::connect, condition::timed_out));
        auto close = [&]() -> task<> {
            (co_await in.sleep_for(3ms)).value();
            client.close();
        };
        auto [outcome, none] = co_await when_all(client.connect(at), close());
        CHECK(outcome.error() == error(verb::connect, std::errc::bad_file_descriptor));
    });
}

TEST_CASE("a connect may be called off before it starts, while it lasts and when it is done") {
    on_every_driver([](loop& in) -> task<> {
        auto before = support::count_descriptors();
        stop_source source;
        source.request_stop();
        auto server = tcp::listen({ipv4_address::loopback(), 0}).value();
        auto at = server.local_endpoint().value();
        auto early = co_await tcp::connect(in, at, source.token());
        CHECK((early || early.error() == error(verb::connect, condition::cancelled)));    // the kernel may be faster
        {
            auto dropped = tcp::connect(in, at);
            dropped.start();
        }
        auto [winner, gave] = co_await when_any(tcp::connect(in, at), in.sleep_for(1h));
        CHECK(winner == 0);
        early = std::move(std::get<0>(gave));
        early->close();
        server.close();
        CHECK(support::count_descriptors() == before);
    });
}
