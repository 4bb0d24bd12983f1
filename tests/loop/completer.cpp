// SPDX-License-Identifier: BSL-1.0
#include <plumb/loop/completer.hpp>

#include <plumb/loop/async_acceptor.hpp>
#include <plumb/loop/scope.hpp>
#include <plumb/loop/together.hpp>
#include <plumb/loop/verbs.hpp>

#include <doctest/doctest.h>

#include "child.hpp"
#include "descriptors.hpp"
#include "in_loop.hpp"
#include "loopback.hpp"
#if defined(PLUMB_OS_LINUX)
#include "old_kernel.hpp"
#include "pattern.hpp"
#endif

#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <fcntl.h>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

using namespace plumb;
using namespace std::literals;
using support::pattern;

namespace {

bool is_here() { return loop(driver::uring).current_driver() == driver::uring; }

// A connection in a loop, and its other end outside.
struct half_attached {
    tcp::async_socket ours;
    tcp::socket theirs;
    explicit half_attached(loop& in) {
        auto [one, other] = support::connected<tcp>();
        ours = in.attach(std::move(one)).value();
        theirs = std::move(other);
    }
};

// Writes until the other end takes no more, and says how much that was.
std::size_t fill(tcp::socket& full, std::string_view data) {
    std::size_t gone = 0;
    while (auto sent = full.write(data.substr(gone), within(50ms))) gone += *sent;
    return gone;
}

// A loop in this process, where a call is refused.
std::string driver_without(int number, int why) {
#if defined(PLUMB_OS_LINUX)
    return support::in_child([=] {
        if (!support::forbid_call(number, why)) return "no seccomp here"s;
        loop in;
        in.run([](loop& here) -> task<> {
            half_attached connection(here);
            connection.theirs.write_all("x"sv).value();
            if ((co_await connection.ours.receive()).value().text() != "x") std::abort();
        }(in));
        return std::string(name_of(in.current_driver()));
    });
#else
    return number == why ? "" : "epoll";
#endif
}

}  // namespace

TEST_CASE("where the kernel forbids io_uring, the loop stands on epoll by itself" * doctest::skip(!is_here())) {
    struct {
        int why;
        const char* where;
    } rows[] = {{EPERM, "a container's seccomp, kernel.io_uring_disabled"}, {ENOSYS, "a kernel without it"}, {EINVAL, "a kernel before 6.1"}};
    for (auto [why, where] : rows) {
        INFO(where);
        CHECK(driver_without(425, why) == "epoll");
    }
    CHECK(loop().current_driver() == driver::uring);
}

TEST_CASE("what came ahead is read in order by whatever read comes next" * doctest::skip(!is_here())) {
    loop in(driver::uring);
    in.run([](loop& here) -> task<> {
        half_attached connection(here);
        auto& ours = connection.ours;
        auto data = pattern(200'000);
        connection.theirs.write_all(data.substr(0, 10)).value();
        std::string heard((co_await ours.receive()).value().text());
        connection.theirs.write_all(data.substr(10)).value();
        connection.theirs.close();
        (co_await here.sleep_for(1ms)).value();    // the flow has brought what it may
        std::string one(7, ' '), other(5, ' '), exact(100'000, ' ');
        auto size = (co_await ours.read(mutable_bytes(one))).value();
        CHECK(size == 7);
        heard += one;
        const mutable_bytes several[] = {mutable_bytes(one), mutable_bytes(other)};
        CHECK((co_await ours.read(several)).value() == 12);
        heard += one + other;
        (co_await ours.read_exact(mutable_bytes(exact))).value();
        heard += exact;
        for (;;) {
            auto chunk = (co_await ours.receive()).value();
            if (chunk.empty()) break;
            heard += chunk.text();
        }
        CHECK(heard == data);
        CHECK((co_await ours.receive()).value().empty());    // and the end stays the end
    }(in));
}

TEST_CASE("a peer that writes to nobody is held back, and nothing is lost" * doctest::skip(!is_here())) {
    loop in(driver::uring);
    in.run([](loop& here) -> task<> {
        half_attached connection(here);
        connection.ours.set(receive_buffer_size{64 * 1024}).value();
        connection.theirs.set(send_buffer_size{64 * 1024}).value();
        auto data = pattern(16 << 20);
        connection.theirs.write_all(std::string_view(data).substr(0, 1)).value();
        (co_await connection.ours.receive()).value();
        std::size_t gone = 1;
        for (int turn = 0; turn < 3; ++turn) {
            gone += fill(connection.theirs, std::string_view(data).substr(gone));
            (co_await here.sleep_for(0ms)).value();
        }
        CHECK(gone < 2 << 20);
        std::thread writer([&] {
            connection.theirs.write_all(std::string_view(data).substr(gone)).value();
            connection.theirs.close();
        });
        std::string heard = data.substr(0, 1);
        for (;;) {
            auto chunk = (co_await connection.ours.receive()).value();
            if (chunk.empty()) break;
            heard += chunk.text();
        }
        writer.join();
        CHECK((heard == data));
    }(in));
}

TEST_CASE("more connections may speak at once than there are buffers" * doctest::skip(!is_here())) {
    loop in(driver::uring);
    in.run([](loop& here) -> task<> {
        auto listen = [](tcp::async_socket& from, int number) -> task<> {
            auto size = 0u;
            for (;;) {
                auto chunk = (co_await from.receive()).value();
                if (chunk.empty()) break;
                CHECK(chunk.text() == std::string(chunk.size(), static_cast<char>('a' + number % 26)));
                size += static_cast<unsigned>(chunk.size());
            }
            CHECK(size == 200);
        };
        std::vector<half_attached> connections;
        for (int i = 0; i < 400; ++i) connections.emplace_back(here);
        scope beside(here);
        for (int i = 0; i < 400; ++i) beside.spawn(listen(connections[static_cast<std::size_t>(i)].ours, i));
        for (int round = 0; round < 2; ++round) {
            for (int i = 0; i < 400; ++i)
                connections[static_cast<std::size_t>(i)].theirs.write_all(std::string(100, static_cast<char>('a' + i % 26))).value();
            (co_await here.sleep_for(0ms)).value();
        }
        for (auto& one : connections) one.theirs.close();
        (co_await beside.join()).value();
    }(in));
}

TEST_CASE("a frame that goes while the kernel has its buffer waits until the kernel lets go" * doctest::skip(!is_here())) {
    loop in(driver::uring);
    in.run([](loop& here) -> task<> {
        half_attached connection(here);
        auto send = [](tcp::async_socket& to) -> task<> {
            auto mine = pattern(32 << 20);
            (void)co_await to.write_all(bytes(mine));
            FAIL("it cannot have ended");
        };
        auto read = [](tcp::async_socket& from) -> task<> {
            char mine[64];
            (void)co_await from.read(mutable_bytes(mine));
            FAIL("it cannot have ended");
        };
        auto other = half_attached(here);
        {
            scope beside(here);
            beside.spawn(send(connection.ours));
            beside.spawn(read(connection.ours));
            beside.spawn(read(other.ours));
            (co_await here.sleep_for(1ms)).value();
        }
        connection.ours.close();
        auto came = connection.theirs.read_to_end<std::string>().value();
        CHECK((came == pattern(32 << 20).substr(0, came.size())));
        CHECK(came.size() > 0);
        other.theirs.write_all("still here"sv).value();
        CHECK((co_await other.ours.receive()).value().text() == "still here");
    }(in));
}

TEST_CASE("more sends than can be tried at once all go, and each of their writers goes on" * doctest::skip(!is_here())) {
    loop in(driver::uring);
    in.run([](loop& here) -> task<> {
        half_attached connection(here);
        auto gone = 0;
        auto send = [](tcp::async_socket& to, int& count) -> task<> {
            (co_await to.write_all("0123456789"sv)).value();
            ++count;
        };
        scope beside(here);
        for (int i = 0; i < 600; ++i) beside.spawn(send(connection.ours, gone));
        (co_await beside.join()).value();
        CHECK(gone == 600);
        connection.ours.close();
        CHECK(connection.theirs.read_to_end<std::string>().value().size() == 6'000);
    }(in));
}

TEST_CASE("a frame that goes before its send was handed over takes nothing along" * doctest::skip(!is_here())) {
    loop in(driver::uring);
    in.run([](loop& here) -> task<> {
        half_attached connection(here), other(here);
        auto send = [](tcp::async_socket& to, std::size_t size) -> task<> {
            auto mine = pattern(size);
            (void)co_await to.write_all(bytes(mine));
            FAIL("it cannot have ended");
        };
        auto send_one = [](tcp::async_socket& to) -> task<> { (co_await to.write_all("beside"sv)).value(); };
        scope others(here);
        for (auto size : {10uz, 32uz << 20}) {
            scope beside(here);
            beside.spawn(send(connection.ours, size));    // goes at once, or fails in part
            others.spawn(send_one(other.ours));
        }
        (co_await others.join()).value();
        connection.ours.close();
        auto came = connection.theirs.read_to_end<std::string>().value();
        auto all = pattern(10) + pattern(32 << 20);
        CHECK((came == all.substr(0, came.size())));
        other.ours.close();
        CHECK(other.theirs.read_to_end<std::string>().value() == "besidebeside");
    }(in));
}

TEST_CASE("in somebody else's loop a send that went in silence makes its writer go on" * doctest::skip(!is_here())) {
    loop in(driver::uring);
    half_attached connection(in);
    auto done = false;
    auto send = [](tcp::async_socket& to, bool& ended) -> task<> {
        for (int i = 0; i < 3; ++i) (co_await to.write_all("hello"sv)).value();
        ended = true;
    };
    scope beside(in);
    beside.spawn(send(connection.ours, done));
    for (auto start = loop::now(); !done && loop::now() - start < 10s;) {
        in.poll();
        if (!done) CHECK(in.next_timeout() <= loop::now());
    }
    CHECK(done);
}

TEST_CASE("what is told while another operation is let go of is not left until something else comes" * doctest::skip(!is_here())) {
    loop loop(driver::uring);
    half_attached first(loop), second(loop);
    stop_source stop;
    auto read = [](tcp::async_socket& from, const stop_token& until) -> task<std::size_t> {
        auto chunk = co_await from.receive(until, within(5s));    // the watch for the stop goes with it
        co_return chunk ? chunk->size() : 0;
    };
    auto write = [](plumb::loop& in, tcp::socket& one, tcp::socket& other) -> task<std::size_t> {
        (void)co_await in.sleep_for(10ms);    // both are waited for by now
        one.write_all("first").value();
        co_return other.write_all("second") ? 1 : 0;
    };
    auto start = loop::now();
    auto all = [](auto one, auto two, auto three) -> task<std::size_t> {
        auto [a, b, c] = co_await all_of(std::move(one), std::move(two), std::move(three));
        co_return a + b + c;
    };
    CHECK(loop.run(all(read(first.ours, stop.token()), read(second.ours, {}), write(loop, first.theirs, second.theirs))) == 12);
    CHECK(loop::now() - start < 4s);
}

TEST_CASE("a closed connection is closed for its peer at once, though the loop does not turn again" * doctest::skip(!is_here())) {
    loop in(driver::uring);
    half_attached connection(in);
    in.run([](loop& here, tcp::async_socket ours) -> task<> {
        CHECK((co_await first_of(ours.receive(), here.sleep_for(1ms))).index == 1);
    }(in, std::move(connection.ours)));
    CHECK(connection.theirs.read_to_end<std::string>(within(5s)).value() == "");
}

TEST_CASE("connections that came ahead are accepted in turn, and closed with their acceptor" * doctest::skip(!is_here())) {
    loop in(driver::uring);
    in.run([](loop& here) -> task<> {
        auto server = tcp::listen(here, {ipv4_address::loopback(), 0}).value();
        auto at = server.local_endpoint().value();
        auto first = tcp::connect(at).value();
        auto one = (co_await server.accept()).value();
        auto second = tcp::connect(at).value(), third = tcp::connect(at).value();
        (co_await here.sleep_for(1ms)).value();
        auto two = (co_await server.accept()).value();
        CHECK(two.peer_endpoint().value() == second.local_endpoint().value());
        server.close();
        auto left = third.read_to_end<std::string>(within(5s));
        CHECK((left ? left->empty() : left.error() == std::errc::connection_reset));
    }(in));
}

TEST_CASE("a descriptor that does not block is waited for by readiness" * doctest::skip(!is_here())) {
    loop in(driver::uring);
    in.run([](loop& here) -> task<> {
        half_attached connection(here);
        auto flags = ::fcntl(connection.ours.native_handle(), F_GETFL);
        REQUIRE(::fcntl(connection.ours.native_handle(), F_SETFL, flags | O_NONBLOCK) == 0);
        auto speak = [](loop& in_it, tcp::socket& to) -> task<> {
            for (auto word : {"one"sv, "two"sv, "three"sv}) {
                (co_await in_it.sleep_for(1ms)).value();
                to.write_all(word).value();
            }
        };
        scope beside(here);
        beside.spawn(speak(here, connection.theirs));
        std::string heard((co_await connection.ours.receive()).value().text());
        char room[3];
        (co_await connection.ours.read_exact(mutable_bytes(room))).value();
        heard.append(room, 3);
        heard += (co_await connection.ours.receive()).value().text();
        CHECK(heard == "onetwothree");
        auto much = pattern(8 << 20);
        std::string back;
        std::thread reader([&] { back = connection.theirs.read_to_end<std::string>().value(); });
        (co_await connection.ours.write_all(bytes(much))).value();
        connection.ours.close();
        reader.join();
        CHECK((back == much));
    }(in));
}

TEST_CASE("a loop runs in the thread that first turns it" * doctest::skip(!is_here())) {
    loop in(driver::uring);
    std::thread([&] {
        in.run([](loop& here) -> task<> {
            half_attached connection(here);
            connection.theirs.write_all("x"sv).value();
            CHECK((co_await connection.ours.receive()).value().text() == "x");
        }(in));
    }).join();
}

TEST_CASE("a loop that goes closes the connections that were accepted ahead, though their acceptor had gone" * doctest::skip(!is_here())) {
    auto before = support::count_descriptors();
    {
        loop in(driver::uring);
        in.run([](loop& here) -> task<> {
            half_attached idle(here);
            auto server = tcp::listen(here, {ipv4_address::loopback(), 0}).value();
            std::vector<tcp::socket> clients;
            auto connect = [&]() -> task<> {
                (co_await here.sleep_for(1ms)).value();
                for (int i = 0; i < 5; ++i) clients.push_back(tcp::connect(server.local_endpoint().value()).value());
            };
            auto wait = [&]() -> task<> {
                char got;
                (void)co_await idle.ours.read(mutable_bytes(&got, 1));
            };
            scope connecting(here);
            connecting.spawn(connect());
            {
                scope waiting(here);
                waiting.spawn(wait());
                (co_await server.accept()).value();
            }    // the end of the read is waited for, and the other connections are set aside
        }(in));
    }
    CHECK(support::count_descriptors() == before);
}

TEST_CASE("who reads what came ahead in small pieces lets others go on" * doctest::skip(!is_here())) {
    loop in(driver::uring);
    in.run([](loop& here) -> task<> {
        half_attached connection(here);
        constexpr std::size_t size = 20'000;
        std::size_t taken = 0, turns = 0;
        auto read = [&]() -> task<> {
            (co_await connection.ours.receive()).value();    // from then on it flows
            for (char one; taken < size; ++taken) (co_await connection.ours.read(mutable_bytes(&one, 1))).value();
        };
        auto look = [&]() -> task<> {
            connection.theirs.write_all("x"sv).value();
            (co_await here.sleep_for(1ms)).value();
            connection.theirs.write_all(std::string(size, 'x')).value();
            while (taken < size) {
                (co_await here.sleep_for(1ns)).value();
                ++turns;
            }
        };
        co_await all_of(look(), read());
        CHECK(turns > 50);
    }(in));
}

TEST_CASE("a send that failed is not taken for one that has gone when more is told at once than there is room for" * doctest::skip(!is_here())) {
    loop in(driver::uring);
    in.run([](loop& here) -> task<> {
        half_attached connection(here);
        connection.ours.shutdown(direction::write).value();
        scope all(here);
        auto look = [&]() -> task<> { (co_await here.wait(connection.theirs.native_handle(), interest::writable)).value(); };
        for (int i = 0; i < 9'000; ++i) all.spawn(look());
        auto sent = co_await connection.ours.write_all("word"sv);
        CHECK(sent.error() == std::errc::broken_pipe);
        (co_await all.join()).value();
    }(in));
}
