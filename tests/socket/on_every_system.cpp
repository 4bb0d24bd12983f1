// SPDX-License-Identifier: BSL-1.0
#include <plumb/socket.hpp>

#include <plumb/os/stop.hpp>
#include <plumb/testing.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <string>
#include <thread>

using namespace plumb;
using namespace std::chrono_literals;

// What the rooms above os/ promise on every system alike, through their public face alone.

namespace {

struct conversation {
    tcp::acceptor server = tcp::listen({ipv4_address::loopback(), 0}).value();
    tcp::socket client = tcp::connect(server.local_endpoint().value()).value();
    tcp::socket peer = server.accept().value();
};

}  // namespace

TEST_CASE("a conversation over TCP, by address and by name, over both families") {
    for (auto& at : {endpoint(ipv4_address::loopback(), 0), endpoint(ipv6_address::loopback(), 0)}) {
        CAPTURE(to_string(at));
        auto server = tcp::listen(at);
        if (!server && server.error() == std::errc::address_not_available) {
            MESSAGE("no such address on this machine");
            continue;
        }
        auto place = server.value().local_endpoint().value();
        for (auto by_text : {false, true}) {
            auto client = by_text ? tcp::connect(to_string(place), within(10s)).value() : tcp::connect(place).value();
            auto [peer, from] = server->accept_from().value();
            CHECK(from == client.local_endpoint().value());
            client.write_all("question").value();
            client.shutdown(direction::write).value();
            CHECK(peer.read_to_end<std::string>().value() == "question");
            peer.write_all("answer").value();
            peer.close();
            CHECK(client.read_to_end<std::string>(within(10s)).value() == "answer");
        }
    }
}

TEST_CASE("a shutdown by another owner wakes those who wait in a read and in a write") {
    conversation both;
    auto twin = both.peer.duplicate().value();
    result<std::size_t> read = 7u;
    result<void> written;
    {
        std::jthread reading([&] {
            std::array<std::byte, 1> buffer;
            read = both.peer.read(buffer);
        });
        std::jthread writing([&] { written = both.peer.write_all(std::string(64 << 20, 'x')); });    // more than any buffer takes
        std::this_thread::sleep_for(50ms);    // until they wait; if they do not yet, it must be no less the end of them
        twin.shutdown(direction::both).value();
    }
    CHECK(read == 0u);
    CHECK(written.error() == std::errc::broken_pipe);
}

TEST_CASE("an acceptor that was shut down accepts no more; a system that cannot do that says so, and it goes on") {
    conversation both;
    auto outcome = both.server.shutdown();
#if defined(PLUMB_OS_WINDOWS)
    CHECK(outcome.error() == std::errc::not_connected);
    auto another = tcp::connect(both.server.local_endpoint().value()).value();
    CHECK(both.server.accept(within(10s)).has_value());
#else
    CHECK(outcome.has_value());
    CHECK(both.server.accept().error() == condition::cancelled);
#endif
}

TEST_CASE("megabytes in both directions at once") {
    conversation both;
    std::string data(2 << 20, 'x');
    for (std::size_t i = 0; i < data.size(); ++i) data[i] = static_cast<char>(i * 31 + i / 4096);
    std::string at_peer(data.size(), ' '), at_client(data.size(), ' ');
    {
        std::jthread one([&] { both.client.write_all(data).value(); });
        std::jthread two([&] { both.peer.write_all(data, within(60s)).value(); });
        std::jthread three([&] { both.peer.read_exact(at_peer).value(); });
        both.client.read_exact(at_client, within(60s)).value();
    }
    CHECK((at_peer == data));
    CHECK((at_client == data));
}

TEST_CASE("a deadline ends a read and an accept, not before its time and not long after") {
    conversation both;
    std::array<std::byte, 8> buffer{};
    auto start = tcp::now();
    auto late = both.client.read(buffer, within(50ms));
    auto took = tcp::now() - start;
    REQUIRE_FALSE(late);
    CHECK(late.error() == condition::timed_out);
    CHECK(took >= 50ms);
    CHECK(took < 10s);
    CHECK(both.server.accept(within(20ms)).error() == condition::timed_out);
    both.peer.write_all("x").value();
    CHECK(both.client.read(buffer, within(10s)) == 1u);    // the connection is as good as before
    CHECK(both.client.read(buffer, within(0s)).error() == condition::timed_out);
}

TEST_CASE("a stop ends what waits in another thread") {
    conversation both;
    auto letters = udp::bind({ipv4_address::loopback(), 0}).value();
    stop_source source;
    std::array<std::byte, 8> buffer{}, other{};
    result<std::size_t> read;
    result<void> accepted, received, slept;
    {
        auto without_value = [](auto&& outcome) { return outcome ? result<void>() : result<void>(failure(outcome.error())); };
        std::jthread one([&] { read = both.client.read(buffer, source.token()); });
        std::jthread two([&] { accepted = without_value(both.server.accept(source.token())); });
        std::jthread three([&] { received = without_value(letters.receive_from(other, source.token())); });
        std::jthread four([&] { slept = tcp::sleep_for(1h, source.token()); });
        source.request_stop();
    }
    CHECK(read.error() == condition::cancelled);
    CHECK(accepted.error() == condition::cancelled);
    CHECK(received.error() == condition::cancelled);
    CHECK(slept.error() == condition::cancelled);
}

TEST_CASE("a refused connection says so, with and without a deadline") {
    auto silent = tcp::listen({ipv4_address::loopback(), 0}).value();
    auto nowhere = silent.local_endpoint().value();
    silent.close();
    auto plain = tcp::connect(nowhere);
    REQUIRE_FALSE(plain);
    CHECK(plain.error() == std::errc::connection_refused);
    CHECK(plain.error().message() == "connect: Connection refused");
    auto limited = tcp::connect(nowhere, within(30s));
    REQUIRE_FALSE(limited);
    CHECK(limited.error() == std::errc::connection_refused);
}

TEST_CASE("letters over UDP, with their size, their sender and whether they were cut") {
    auto one = udp::bind({ipv4_address::loopback(), 0}).value(), other = udp::bind({ipv4_address::loopback(), 0}).value();
    auto to = other.local_endpoint().value();
    std::array<std::byte, 4> buffer{};
    for (auto text : {"", "abcd", "abcde"}) {
        std::string_view letter = text;
        one.send_to(letter, to).value();
        auto got = other.receive_from(buffer, within(10s)).value();
        CHECK(got.sender == one.local_endpoint().value());
        CHECK(got.truncated == (letter.size() > buffer.size()));
        CHECK(got.size == std::min(letter.size(), buffer.size()));
    }
    CHECK(other.receive_from(buffer, within(10ms)).error() == condition::timed_out);
}

TEST_CASE("options are set and read, before and after connecting") {
    auto server = tcp::listen({ipv4_address::loopback(), 0}).value();
    auto client = tcp::connect(server.local_endpoint().value(), no_delay{true}, within(10s)).value();
    CHECK(client.get<no_delay>().value());
    client.set(no_delay{false}).value();
    CHECK_FALSE(client.get<no_delay>().value());
    client.set(receive_buffer_size{1 << 16}).value();
    CHECK(client.get<receive_buffer_size>().value() >= 1 << 16);
    auto six = udp::open(family::ipv6).value();
    CHECK(six.get<v6_only>().value());
}

TEST_CASE("a pair of local streams is connected with each other") {
    auto [one, other] = local::stream::pair().value();
    one.write_all("there").value();
    one.shutdown(direction::write).value();
    CHECK(other.read_to_end<std::string>(within(10s)).value() == "there");
    other.write_all("and back").value();
    other.close();
    CHECK(one.read_to_end<std::string>().value() == "and back");
}

TEST_CASE("a handle that is given away can be taken over by what fits it alone") {
    conversation both;
    auto handle = both.client.release();
    CHECK(udp::adopt(handle).error() == condition::wrong_descriptor);
    CHECK(tcp::adopt_acceptor(handle).error() == condition::wrong_descriptor);
    auto client = tcp::adopt(handle).value();
    client.write_all("mine again").value();
    std::string text(10, ' ');
    both.peer.read_exact(text).value();
    CHECK(text == "mine again");
    std::array<std::byte, 1> buffer{};
    CHECK(client.read(buffer, within(0s)).error() == condition::timed_out);
}

TEST_CASE("a socket that was moved from answers every call with a bad descriptor") {
    conversation both;
    auto taken = std::move(both.client);
    std::array<std::byte, 8> buffer{};
    CHECK(both.client.read(buffer).error() == std::errc::bad_file_descriptor);
    CHECK(both.client.read(buffer, within(10s)).error() == std::errc::bad_file_descriptor);
    CHECK(both.client.write(buffer).error() == std::errc::bad_file_descriptor);
    CHECK(both.client.local_endpoint().error() == std::errc::bad_file_descriptor);
}

TEST_CASE("short and false answers change nothing but the pace") {
    auto weather = {
        fault::failed(faulty_call::accept, std::errc::connection_aborted).on(1),
        fault::failed(faulty_call::send, std::errc::resource_unavailable_try_again).every(7),
        fault::shortened(faulty_call::send, 100).every(1),
        fault::failed(faulty_call::receive, std::errc::resource_unavailable_try_again).every(8),
        fault::shortened(faulty_call::receive, 90).every(1),
        fault::spurious().every(5),
    };
    fault_plan here(weather);
    auto server = faulty<tcp>::listen({ipv4_address::loopback(), 0}).value();
    auto client = faulty<tcp>::connect(server.local_endpoint().value(), within(30s)).value();
    auto peer = server.accept(within(30s)).value();
    std::string data(20'000, 'x'), got(data.size(), ' ');
    {
        std::jthread writing([&] {
            fault_plan there(weather);
            client.write_all(data, within(30s)).value();
        });
        peer.read_exact(got, within(30s)).value();
    }
    CHECK((got == data));
    CHECK(here.hits() > 100);
}

TEST_CASE("a port that is taken is not taken twice") {
    auto first = tcp::listen({ipv4_address::loopback(), 0}).value();
    auto second = tcp::listen(first.local_endpoint().value());
    REQUIRE_FALSE(second);
    CHECK(second.error() == std::errc::address_in_use);
}
