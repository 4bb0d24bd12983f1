// SPDX-License-Identifier: BSL-1.0
#include <plumb/loop/async_descriptors.hpp>

#include <plumb/loop/async_buffered.hpp>
#include <plumb/loop/scope.hpp>
#include <plumb/loop/together.hpp>
#include <plumb/loop/verbs.hpp>
#include <plumb/process/pipe.hpp>
#include <plumb/socket/local.hpp>
#include <plumb/socket/tcp.hpp>
#include <plumb/testing.hpp>

#include <doctest/doctest.h>

#include "child.hpp"
#include "descriptors.hpp"
#include "half_attached.hpp"
#include "in_loop.hpp"

#include <array>
#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using namespace plumb;
using namespace std::chrono_literals;
using support::on_every_driver, support::count_descriptors;

namespace {

// Receives until a descriptor has come, and gives all the bytes up to there; nothing if what came is no pipe to write into.
task<std::string> text_with_a_pipe(local::stream::async_socket& from) {
    std::string text;
    std::array<descriptor, 1> room;
    while (!room[0].is_open()) {
        char buffer[64];
        auto came = co_await from.receive_descriptors(buffer, room, within(5s));
        if (!came || came->size == 0) co_return "";
        text.append(buffer, came->size);
    }
    auto taken = room[0].take<pipe_writer>();
    co_return taken ? text : "";
}

}  // namespace

TEST_CASE_TEMPLATE("what is passed in a loop arrives as what it is, and stays the sender's too", P, local::stream, local::seqpacket, local::datagram,
                   faulty<local::stream>, traced<local::seqpacket>) {
    auto before = count_descriptors();
    on_every_driver([](loop& in) -> task<> {
        auto [a, b] = P::pair().value();
        auto ours = in.attach(std::move(a)).value(), theirs = in.attach(std::move(b)).value();
        auto server = tcp::listen(in, {ipv4_address::loopback(), 0}).value();
        auto [reader, writer] = pipe().value();
        char buffer[10];
        std::array<descriptor, 4> room;
        auto [sent, came] = co_await when_all(ours.send_descriptors("five", {server, reader, writer}, within(5s)), theirs.receive_descriptors(buffer, room));
        CHECK(sent.has_value());
        CHECK(std::string_view(buffer, came.value().size) == "five");
        CHECK_FALSE(room[3].is_open());
        auto their_server = in.attach(room[0].template take<tcp::acceptor>().value()).value();
        CHECK(their_server.local_endpoint().value() == server.local_endpoint().value());
        auto their_reader = room[1].template take<pipe_reader>().value();
        writer.write_all("x").value();
        CHECK(their_reader.read(buffer).value() == 1);
        CHECK(room[2].template take<pipe_writer>().has_value());

        std::vector<borrowed_handle> none;
        auto bare = co_await ours.send_descriptors("bare", std::span<const borrowed_handle>(none));
        auto alone = co_await theirs.receive_descriptors(buffer, room);
        CHECK(bare.has_value());
        CHECK(alone.value().size == 4);
        for (auto& one : room) CHECK_FALSE(one.is_open());
    });
    CHECK(count_descriptors() == before);
}

TEST_CASE("a process passes connections in a loop to another one, which answers in its place") {
    on_every_driver([](loop& in) -> task<> {
        auto [ours, theirs] = support::half<local::seqpacket>(in);
        auto server = tcp::listen(in, {ipv4_address::loopback(), 0}).value();
        auto client = (co_await tcp::connect(in, server.local_endpoint().value())).value();
        auto accepted = (co_await server.accept()).value();
        (co_await ours.send_descriptors("next", {accepted})).value();
        accepted.close();
        auto told = support::in_child([&end = theirs] {
            char note[10];
            std::array<descriptor, 1> room;
            auto size = end.receive_descriptors(note, room, within(10s)).value().size;
            room[0].take<tcp::socket>().value().write_all("hello from the child").value();
            return std::string(note, size);
        });
        CHECK(told == "next");
        CHECK((co_await client.read_to_end<std::string>(within(10s))).value() == "hello from the child");
    });
}

TEST_CASE("no read that is over has taken a descriptor that came after it") {
    on_every_driver([](loop& in) -> task<> {
        auto [reader, writer] = pipe().value();
        for (int way = 0; way < 7; ++way) {
            CAPTURE(way);
            auto [ours, theirs] = support::half<local::stream>(in);
            char room[8];
            theirs.write_all("greeting").value();
            if (way == 0) CHECK((co_await ours.receive()).value().size() == 8);
            if (way == 1) CHECK((co_await ours.read(mutable_bytes(room))).value() == 8);
            if (way == 2) CHECK((co_await ours.read_exact(room)).has_value());
            if (way > 2) (co_await ours.read_exact(room)).value();
            if (way == 3) CHECK((co_await ours.receive(within(1ms))).error() == condition::timed_out);
            if (way == 4) CHECK((co_await ours.read(mutable_bytes(room), within(1ms))).error() == condition::timed_out);
            if (way == 5) {
                auto [winner, gave] = co_await when_any(ours.receive(), in.sleep_for(1ms));
                CHECK(winner == 1);
            }
            if (way == 6) {
                async_buffered<local::stream::async_socket&> lines(ours);
                CHECK((co_await lines.read_line(within(1ms))).error() == condition::timed_out);
            }
            theirs.send_descriptors("with it", {writer}).value();
            theirs.write_all("and on").value();
            (co_await in.sleep_for(2ms)).value();    // time enough to receive it ahead
            CHECK((co_await text_with_a_pipe(ours)) == "with it");
            CHECK((co_await ours.receive()).value().text() == "and on");
        }
    });
}

TEST_CASE("what was received for a coroutine that has gone comes first and in order, by any verb") {
    on_every_driver([](loop& in) -> task<> {
        auto [reader, writer] = pipe().value();
        for (int way = 0; way < 4; ++way) {
            CAPTURE(way);
            auto [ours, theirs] = support::half<local::stream>(in);
            auto [bell, ringer] = support::half<local::stream>(in);
            task<> dropped;
            auto receive = [&, &from = ours]() -> task<> {
                auto came = co_await from.receive();
                FAIL("it has gone");
            };
            auto drop = [&, &heard = bell]() -> task<> {
                auto came = co_await heard.receive();
                dropped = {};    // the driver may have been told of both already
                CHECK(came.has_value());
            };
            dropped = receive();
            dropped.start();
            auto dropping = drop();
            dropping.start();
            (co_await in.sleep_for(1ms)).value();
            ringer.write_all("now").value();
            theirs.write_all("first").value();
            (co_await in.sleep_for(1ms)).value();
            CHECK(dropping.is_done());
            if (way == 0) {
                theirs.send_descriptors("second", {writer}).value();
                CHECK((co_await text_with_a_pipe(ours)) == "firstsecond");
            } else if (way == 1) {
                char room[11];
                auto late = [&, &end = theirs]() -> task<> {
                    (co_await in.sleep_for(1ms)).value();
                    end.write_all("second").value();
                };
                auto [read, none] = co_await when_all(ours.read_exact(room, within(5s)), late());
                CHECK(read.has_value());
                CHECK(std::string_view(room, 11) == "firstsecond");
                theirs.send_descriptors("third", {writer}).value();
                (co_await in.sleep_for(1ms)).value();
                CHECK((co_await text_with_a_pipe(ours)) == "third");
            } else if (way == 2) {
                theirs.close();
                CHECK((co_await ours.read_to_end<std::string>(within(5s))).value() == "first");
            } else {
                auto gone = ours.release();
                theirs.close();
                CHECK(gone.ahead + gone.socket.read_to_end<std::string>().value() == "first");
            }
        }
    });
}

TEST_CASE("more than fits into the queue of a stream goes with its descriptors, which come once") {
    on_every_driver([](loop& in) -> task<> {
        auto [a, b] = local::stream::pair().value();
        auto ours = in.attach(std::move(a)).value(), theirs = in.attach(std::move(b)).value();
        auto [reader, writer] = pipe().value();
        const std::string much(4 << 20, 'x');
        auto receive = [&]() -> task<int> {
            std::vector<char> buffer(100'000);
            std::array<descriptor, 3> room;
            auto passed = 0;
            for (std::size_t arrived = 0; arrived < much.size();) {
                auto came = co_await theirs.receive_descriptors(buffer, room, within(10s));
                arrived += came.value().size;
                for (auto& one : room) passed += one.is_open();
            }
            co_return passed;
        };
        auto [sent, passed] = co_await when_all(ours.send_descriptors(much, {writer, reader}), receive());
        CHECK(sent.has_value());
        CHECK(passed == 2);
        auto cut = co_await ours.send_descriptors(much, {writer}, within(1ms));
        CHECK(cut.error() == error(verb::send, condition::timed_out, cut.error().detail()));
        CHECK(cut.error().detail() > 0);
        CHECK((co_await theirs.receive()).has_value());
    });
}

TEST_CASE_TEMPLATE("what is wrong is told as the blocking verbs tell it", P, local::stream, local::seqpacket, local::datagram) {
    on_every_driver([](loop& in) -> task<> {
        auto [ours, theirs] = support::half<P>(in);
        auto open = count_descriptors();
        char buffer[8];
        std::array<descriptor, 1> room;
        auto late = co_await ours.receive_descriptors(buffer, room, within(1ms));
        CHECK(late.error() == error(verb::receive, condition::timed_out));
        auto once = co_await ours.receive_descriptors(buffer, room, within(-1s));
        CHECK(once.error() == error(verb::receive, condition::timed_out));
        theirs.send_descriptors("much", {theirs, theirs}).value();
        auto cut = co_await ours.receive_descriptors(buffer, room);
        CHECK(cut.error() == error(verb::receive, condition::truncated));
        CHECK(count_descriptors() == open);

        auto empty = co_await ours.send_descriptors("", {ours});
        if constexpr (connection_protocol<P>) CHECK(empty.error() == error(verb::send, std::errc::invalid_argument));
        else CHECK(empty.has_value());
        std::vector<borrowed_handle> many(254, ours);
        auto too_many = co_await ours.send_descriptors("x", std::span<const borrowed_handle>(many));
        CHECK(too_many.error() == error(verb::send, std::errc::invalid_argument));
        auto none = co_await ours.send_descriptors("x", {ours, tcp::socket()});
        CHECK(none.error() == error(verb::send, std::errc::bad_file_descriptor));
        ours.close();
        auto closed = co_await ours.send_descriptors("x", {theirs});
        CHECK(closed.error() == error(verb::send, std::errc::bad_file_descriptor));
        auto deaf = co_await ours.receive_descriptors(buffer, room);
        CHECK(deaf.error() == error(verb::receive, std::errc::bad_file_descriptor));
    });
}

TEST_CASE_TEMPLATE("refusals and interruptions do not end a passing, and no descriptor comes twice", P, faulty<local::stream>, faulty<local::datagram>) {
    on_every_driver([](loop& in) -> task<> {
        auto [ours, theirs] = support::half<P>(in);
        auto [other, here] = support::half<P>(in);
        fault_plan plan{fault::failed(faulty_call::send_descriptors, std::errc::interrupted).every(2),
                        fault::failed(faulty_call::send_descriptors, std::errc::resource_unavailable_try_again).every(3),
                        fault::shortened(faulty_call::send_descriptors, 1).every(stream_protocol<P> ? 1 : 1'000'000),
                        fault::failed(faulty_call::receive_descriptors, std::errc::interrupted).every(2),
                        fault::failed(faulty_call::receive_descriptors, std::errc::resource_unavailable_try_again).every(3)};
        for (int round = 0; round < 5; ++round) {
            auto sent = co_await ours.send_descriptors("some", {ours}, within(10s));
            CHECK(sent.has_value());
            auto mine = in.attach(std::exchange(theirs, {})).value();
            auto passed = 0;
            for (std::size_t size = 0; size < 4;) {
                char buffer[4];
                std::array<descriptor, 2> room;
                auto came = co_await mine.receive_descriptors(buffer, room, within(10s));
                size += came.value().size;
                for (auto& one : room) passed += one.is_open();
            }
            CHECK(passed == 1);
            if constexpr (stream_protocol<P>) theirs = mine.release().socket;
            else theirs = mine.release();
        }
        CHECK(plan.hits() > 5);
    });
}
