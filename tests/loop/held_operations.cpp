// SPDX-License-Identifier: BSL-1.0
#include <plumb/loop/held_operations.hpp>

#include <plumb/loop/async_stream.hpp>
#include <plumb/loop/readiness.hpp>
#include <plumb/loop/scope.hpp>

#include <doctest/doctest.h>

#include "half_attached.hpp"
#include "in_loop.hpp"
#include "pattern.hpp"

#include <chrono>
#include <fcntl.h>
#include <string>
#include <string_view>
#include <thread>

using namespace plumb;
using namespace std::literals;
using support::half_attached;
using support::pattern;

TEST_CASE("a frame that goes while the kernel has its buffer waits until the kernel lets go" * doctest::skip(!support::has_uring())) {
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

TEST_CASE("a frame that goes before its send was handed over takes nothing along" * doctest::skip(!support::has_uring())) {
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

TEST_CASE("more sends than can be tried at once all go, and each of their writers goes on" * doctest::skip(!support::has_uring())) {
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

TEST_CASE("in somebody else's loop a send that went in silence makes its writer go on" * doctest::skip(!support::has_uring())) {
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

TEST_CASE("a send that failed is not taken for one that has gone when more is told at once than there is room for" * doctest::skip(!support::has_uring())) {
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

TEST_CASE("a descriptor that does not block is waited for by readiness" * doctest::skip(!support::has_uring())) {
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
