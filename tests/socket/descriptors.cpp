// SPDX-License-Identifier: BSL-1.0
#include <plumb/socket/descriptors.hpp>

#include <plumb/process/pipe.hpp>
#include <plumb/socket.hpp>
#include <plumb/testing.hpp>

#include <doctest/doctest.h>

#include "child.hpp"
#include "descriptors.hpp"
#include "scarce_descriptors.hpp"

#include <array>
#include <chrono>
#include <cstdlib>
#include <fcntl.h>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <unistd.h>
#include <vector>

using namespace plumb;
using namespace std::chrono_literals;
using support::count_descriptors;

namespace {

// Whether a pipe has no writer any more, here or under way.
[[nodiscard]] bool has_ended(pipe_reader& reader) {
    char buffer[1];
    auto size = reader.read(buffer, within(0s));
    return size && *size == 0;
}

template <class P>
void discard_one(typename P::socket& from) {
    char buffer[100];
    if constexpr (stream_protocol<P>) CHECK(from.read(buffer).value() > 0);
    else CHECK(from.receive(buffer).value().size > 0);
}

}  // namespace

#define PLAIN_KINDS local::stream, local::seqpacket, local::datagram
#define EVERY_KIND PLAIN_KINDS, faulty<local::stream>, traced<local::seqpacket>

static_assert(sizeof(local::stream::socket) == sizeof(os::handle) && sizeof(descriptor) == sizeof(os::handle));

TEST_CASE_TEMPLATE("what is passed arrives as what it is, and stays the sender's too", P, EVERY_KIND) {
    auto before = count_descriptors();
    {
        auto [ours, theirs] = P::pair().value();
        auto server = tcp::listen({ipv4_address::loopback(), 0}).value();
        auto letters = udp::bind({ipv4_address::loopback(), 0}).value();
        auto log = file::open("/dev/null", file_mode::append).value();
        auto [reader, writer] = pipe().value();
        ours.send_descriptors("five", {server, letters, log, reader, writer}).value();

        char buffer[10];
        std::array<descriptor, 6> room;
        auto came = theirs.receive_descriptors(buffer, room).value();
        CHECK(std::string_view(buffer, came.size) == "five");
        CHECK_FALSE(came.truncated);
        for (std::size_t i = 0; i < 5; ++i) CHECK(::fcntl(room[i].native_handle(), F_GETFD) == FD_CLOEXEC);
        CHECK_FALSE(room[5].is_open());

        auto their_server = room[0].take<tcp::acceptor>().value();
        CHECK(their_server.local_endpoint().value() == server.local_endpoint().value());
        server.close();
        CHECK(tcp::connect(their_server.local_endpoint().value()).has_value());    // it listens on
        CHECK(room[1].take<udp::socket>().value().local_endpoint().value() == letters.local_endpoint().value());
        CHECK(room[2].take<file>().has_value());
        auto their_reader = room[3].take<pipe_reader>().value();
        room[4].take<pipe_writer>().value().write_all("x").value();
        CHECK(their_reader.read(buffer).value() == 1);
        CHECK_FALSE(has_ended(their_reader));
        writer.close();
        CHECK(has_ended(their_reader));
        for (auto& one : room) CHECK_FALSE(one.is_open());
    }
    CHECK(count_descriptors() == before);
}

TEST_CASE_TEMPLATE("a process passes a connection to another one, which answers in its place", P, PLAIN_KINDS) {
    auto before = count_descriptors();
    {
        auto [ours, theirs] = P::pair().value();
        auto server = tcp::listen({ipv4_address::loopback(), 0}).value();
        auto client = tcp::connect(server.local_endpoint().value()).value();
        auto accepted = server.accept().value();
        ours.send_descriptors("next", {accepted}).value();
        accepted.close();    // it lives on under way
        auto told = support::in_child([&, &end = theirs] {
            char note[10];
            std::array<descriptor, 1> room;
            auto size = end.receive_descriptors(note, room, within(10s)).value().size;
            room[0].take<tcp::socket>().value().write_all("hello from the child").value();
            return std::string(note, size);
        });
        CHECK(told == "next");
        CHECK(client.read_to_end<std::string>(within(10s)).value() == "hello from the child");    // and the end: nobody else has it
    }
    CHECK(count_descriptors() == before);
}

TEST_CASE_TEMPLATE("more than there is room for is an error, and none of it stays open", P, EVERY_KIND) {
    auto [ours, theirs] = P::pair().value();
    auto [reader, writer] = pipe().value();
    char buffer[10];
    for (std::size_t places : {0u, 1u, 2u, 3u}) {
        CAPTURE(places);
        std::vector<descriptor> room(places);
        if (places > 0) room[0] = descriptor(detail::fresh{::fcntl(0, F_DUPFD_CLOEXEC, 0)});    // from before
        auto before = count_descriptors() - (places > 0);
        ours.send_descriptors("much", {writer, writer, writer, writer}).value();
        auto came = theirs.receive_descriptors(buffer, room);
        CHECK(came.error() == error(verb::receive, condition::truncated));
        CHECK(came.error().message() == "receive: More came than there was room for");
        for (auto& one : room) CHECK_FALSE(one.is_open());
        CHECK(count_descriptors() == before);
    }
    writer.close();
    CHECK(has_ended(reader));
    ours.send_descriptors("on", {ours}).value();    // the connection is none the worse
    std::array<descriptor, 1> room;
    CHECK(theirs.receive_descriptors(buffer, room).value().size == 2);
    CHECK(room[0].take<typename P::socket>().has_value());
}

TEST_CASE_TEMPLATE("who does not want descriptors does not get any: plain reads discard them, and so does the end", P, EVERY_KIND) {
    auto before = count_descriptors();
    auto [ours, theirs] = P::pair().value();
    auto [reader, writer] = pipe().value();
    auto open = count_descriptors();
    ours.send_descriptors("unwanted", {writer, writer}).value();
    ours.send_descriptors("unread", {writer, writer}).value();
    writer.close();
    CHECK_FALSE(has_ended(reader));
    discard_one<P>(theirs);
    if constexpr (!stream_protocol<P>) CHECK_FALSE(has_ended(reader));    // the second message is there still
    theirs.close();
    CHECK(has_ended(reader));
    CHECK(count_descriptors() == open - 2);
    reader.close();
    ours.close();
    CHECK(count_descriptors() == before);
}

TEST_CASE_TEMPLATE("what comes without descriptors leaves the room empty, whatever was in it", P, EVERY_KIND) {
    auto [ours, theirs] = P::pair().value();
    auto before = count_descriptors();
    std::array<descriptor, 2> room;
    for (auto& one : room) one = descriptor(detail::fresh{::fcntl(0, F_DUPFD_CLOEXEC, 0)});
    ours.send_descriptors("bare", {}).value();
    char buffer[10];
    CHECK(theirs.receive_descriptors(buffer, room).value().size == 4);
    for (auto& one : room) CHECK_FALSE(one.is_open());
    CHECK(count_descriptors() == before);
    CHECK(room[0].take<file>().error() == error(verb::adopt, std::errc::bad_file_descriptor));
    if constexpr (connection_protocol<P>) {
        ours.close();
        CHECK(theirs.receive_descriptors(buffer, room).value().size == 0);    // the end
    }
}

TEST_CASE("what is something else stays untaken, and goes with its owner") {
    auto before = count_descriptors();
    {
        auto [ours, theirs] = local::seqpacket::pair().value();
        auto server = tcp::listen({ipv4_address::loopback(), 0}).value();
        auto [reader, writer] = pipe().value();
        auto letters = local::datagram::open().value();
        ours.send_descriptors("?", {server, reader, letters}).value();
        char buffer[1];
        std::array<descriptor, 3> room;
        theirs.receive_descriptors(buffer, room).value();
        constexpr error wrong(verb::adopt, condition::wrong_descriptor), none(verb::adopt, std::errc::not_a_socket);
        CHECK(room[0].take<tcp::socket>().error() == wrong);    // it listens
        CHECK(room[0].take<local::stream::acceptor>().error() == wrong);
        CHECK(room[0].take<udp::socket>().error() == wrong);
        CHECK(room[0].take<file>().error() == wrong);
        CHECK(room[0].take<pipe_reader>().error() == wrong);
        CHECK(room[1].take<pipe_writer>().error() == wrong);
        CHECK(room[1].take<file>().error() == wrong);
        CHECK(room[1].take<tcp::acceptor>().error() == none);
        CHECK(room[2].take<local::stream::socket>().error() == wrong);
        for (auto& one : room) CHECK(one.is_open());
        CHECK(room[0].take<tcp::acceptor>().has_value());
        CHECK(room[1].take<pipe_reader>().has_value());
        CHECK(room[2].take<local::datagram::socket>().has_value());
        for (auto& one : room) CHECK_FALSE(one.is_open());
        ours.send_descriptors("?", {server, reader, letters}).value();
        theirs.receive_descriptors(buffer, room).value();    // and never taken
    }
    CHECK(count_descriptors() == before);
}

TEST_CASE_TEMPLATE("waiting ends by a deadline and by a stop, and signals do not end it", P, faulty<local::stream>, faulty<local::datagram>) {
    auto [ours, theirs] = P::pair().value();
    auto [reader, writer] = pipe().value();
    std::array<descriptor, 1> room;
    char buffer[4];
    stop_source stop;
    stop.request_stop();
    CHECK(theirs.receive_descriptors(buffer, room, within(20ms)).error() == error(verb::receive, condition::timed_out));
    CHECK(theirs.receive_descriptors(buffer, room, stop.token(), within(1h)).error() == error(verb::receive, condition::cancelled));
    fault_plan plan{fault::failed(faulty_call::send_descriptors, std::errc::interrupted).every(2),
                    fault::failed(faulty_call::send_descriptors, std::errc::resource_unavailable_try_again).every(3),
                    fault::failed(faulty_call::receive_descriptors, std::errc::interrupted).every(2),
                    fault::failed(faulty_call::receive_descriptors, std::errc::resource_unavailable_try_again).every(3),
                    fault::failed(faulty_call::wait, std::errc::interrupted).every(2)};
    for (int round = 0; round < 5; ++round) {
        ours.send_descriptors("some", {writer}).value();
        CHECK(theirs.receive_descriptors(buffer, room, within(10s)).value().size == 4);
        CHECK(room[0].take<pipe_writer>().has_value());
    }
    CHECK(plan.hits() > 5);
    fault_plan broken{fault::failed(faulty_call::send_descriptors, std::errc::broken_pipe),
                      fault::failed(faulty_call::receive_descriptors, std::errc::connection_reset)};
    CHECK(ours.send_descriptors("some", {writer}).error() == error(verb::send, std::errc::broken_pipe));
    CHECK(theirs.receive_descriptors(buffer, room).error() == error(verb::receive, std::errc::connection_reset));
}

TEST_CASE("a stream that is cut short gets its descriptors once") {
    auto [ours, theirs] = faulty<local::stream>::pair().value();
    auto [reader, writer] = pipe().value();
    char buffer[10];
    std::array<descriptor, 2> room;
    {
        fault_plan plan{fault::shortened(faulty_call::send_descriptors, 1).every(1)};
        ours.send_descriptors("123456", {writer}).value();
        CHECK(plan.calls(faulty_call::send_descriptors) == 6);
    }
    CHECK(theirs.receive_descriptors(buffer, room).value().size == 1);    // no further than what descriptors came with
    CHECK(room[0].take<pipe_writer>().has_value());
    std::size_t rest = 0;
    while (rest < 5) {
        rest += theirs.receive_descriptors(buffer, room).value().size;
        CHECK_FALSE(room[0].is_open());
    }
}

TEST_CASE("a stream carries more than fits into its queue, and says how much went before the deadline") {
    auto [ours, theirs] = local::stream::pair().value();
    auto [reader, writer] = pipe().value();
    const std::string much(4 << 20, 'x');
    std::size_t passed = 0, bytes_in_all = 0;
    std::thread other([&, &end = theirs] {
        std::vector<char> buffer(100'000);
        std::array<descriptor, 2> room;
        for (;;) {
            auto came = end.receive_descriptors(buffer, room, within(10s)).value();
            if (came.size == 0) break;
            bytes_in_all += came.size;
            for (auto& one : room) passed += one.is_open();
        }
    });
    ours.send_descriptors(much, {writer}).value();
    ours.send_descriptors(much, {writer, writer}, within(10s)).value();
    ours.shutdown(direction::write).value();
    other.join();
    CHECK(bytes_in_all == 2 * much.size());
    CHECK(passed == 3);

    auto cut = theirs.send_descriptors(much, {writer}, within(20ms));
    CHECK(cut.error() == error(verb::send, condition::timed_out, cut.error().detail()));
    CHECK(cut.error().detail() > 0);
    CHECK(cut.error().detail() < much.size());
    std::array<descriptor, 1> room;
    char buffer[1];
    CHECK(ours.receive_descriptors(buffer, room).value().size == 1);    // with the first of them went the descriptor
    CHECK(room[0].is_open());
}

TEST_CASE("on a stream descriptors come no later than their bytes, and no read goes past those") {
    auto [ours, theirs] = local::stream::pair().value();
    auto [reader, writer] = pipe().value();
    ours.write_all("before").value();
    ours.send_descriptors("with", {writer}).value();
    ours.write_all("after").value();
    char buffer[100];
    std::array<descriptor, 1> room;
    CHECK(theirs.receive_descriptors(buffer, room).value().size == 10);
    CHECK(room[0].is_open());
    CHECK(theirs.receive_descriptors(buffer, room).value().size == 5);
}

TEST_CASE_TEMPLATE("descriptors need a byte to go with, but in a datagram", P, PLAIN_KINDS) {
    auto [ours, theirs] = P::pair().value();
    auto [reader, writer] = pipe().value();
    if constexpr (connection_protocol<P>) {
        CHECK(ours.send_descriptors("", {writer}).error() == error(verb::send, std::errc::invalid_argument));
    } else {
        ours.send_descriptors("", {writer}).value();
        std::array<descriptor, 1> room;
        CHECK(theirs.receive_descriptors(mutable_bytes(), room).value().size == 0);
        CHECK(room[0].take<pipe_writer>().has_value());
    }
}

TEST_CASE_TEMPLATE("a message that is cut says so, and has its descriptors", P, local::seqpacket, local::datagram) {
    auto [ours, theirs] = P::pair().value();
    ours.send_descriptors("longer", {theirs}).value();
    char buffer[4];
    std::array<descriptor, 1> room;
    auto came = theirs.receive_descriptors(buffer, room).value();
    CHECK((came.size == 4 && came.truncated && came.full_size == 6));
    CHECK(room[0].is_open());
}

TEST_CASE_TEMPLATE("the system's limit holds, and what is not open cannot be passed", P, PLAIN_KINDS) {
    auto [ours, theirs] = P::pair().value();
    auto before = count_descriptors();
    char buffer[1];
    std::vector<borrowed_handle> many(253, ours);    // SCM_MAX_FD
    {
        std::vector<descriptor> room(300);
        ours.send_descriptors("x", many).value();
        theirs.receive_descriptors(buffer, room).value();
        CHECK((room[252].is_open() && !room[253].is_open()));
        CHECK(count_descriptors() == before + 253);
    }
    many.push_back(ours);
    CHECK(ours.send_descriptors("x", many).error() == error(verb::send, std::errc::invalid_argument));
    CHECK(ours.send_descriptors("x", {ours, tcp::socket()}).error() == error(verb::send, std::errc::bad_file_descriptor));
    std::array<descriptor, 1> room;
    CHECK(theirs.receive_descriptors(buffer, room, within(0s)).error() == condition::timed_out);    // nothing was sent
    typename P::socket empty;
    CHECK(empty.send_descriptors("x", {ours}).error() == std::errc::bad_file_descriptor);
    CHECK(empty.receive_descriptors(buffer, room, within(1h)).error() == std::errc::bad_file_descriptor);
    CHECK(count_descriptors() == before);
}

TEST_CASE_TEMPLATE("a process that may have no more descriptors is told, and none is left half way", P, PLAIN_KINDS) {
    auto [ours, theirs] = P::pair().value();
    auto [reader, writer] = pipe().value();
    ours.send_descriptors("x", {writer, writer, writer}).value();
    ours.send_descriptors("y", {writer, writer, writer}).value();
    auto told = support::in_child([&, &end = theirs, &given = writer] {
        char buffer[1];
        std::array<descriptor, 3> room;
        given.close();
        auto before = count_descriptors();
        std::optional<support::scarce_descriptors> few(std::in_place, 1);    // one more, but not three
        auto came = end.receive_descriptors(buffer, room);
        few.reset();
        if (came || came.error() != condition::truncated) return std::string("not told");
        if (count_descriptors() != before) return std::string("left open");
        return std::string(end.receive_descriptors(buffer, room) && room[2].is_open() ? "fine again" : "still broken");
    });
    CHECK(told == "fine again");
}

TEST_CASE("what options have come along is neither in the way nor left open") {
    auto [ours, theirs] = local::seqpacket::pair().value();
    auto before = count_descriptors();
    theirs.set(pass_credentials{true}).value();
    theirs.set(pass_security_context{true}).value();
    if (!theirs.set(pass_process_descriptor{true})) MESSAGE("a kernel without SO_PASSPIDFD");
    for (auto places : {1, 0}) {
        std::vector<descriptor> room(static_cast<std::size_t>(places));
        char buffer[1];
        ours.send_descriptors("x", std::vector<borrowed_handle>(room.size(), ours)).value();
        CHECK(theirs.receive_descriptors(buffer, room).value().size == 1);
        for (auto& one : room) CHECK(one.take<local::seqpacket::socket>().has_value());
        CHECK(count_descriptors() == before);
    }
}

TEST_CASE("a socket of datagrams gets descriptors from anybody, and sends them to the peer it is connected to") {
    auto server = local::datagram::bind(local_address()).value();
    auto client = local::datagram::open().value();
    CHECK(client.send_descriptors("x", {client}).error() == error(verb::send, std::errc::not_connected));
    client.connect(server.local_endpoint().value()).value();
    client.send_descriptors("x", {client}).value();
    std::array<descriptor, 1> room;
    char buffer[1];
    server.receive_descriptors(buffer, room).value();
    CHECK(room[0].take<local::datagram::socket>().has_value());
}

TEST_CASE("each is one call") {
    auto [ours, theirs] = traced<local::stream>::pair().value();
    call_trace trace;
    char buffer[8];
    std::array<descriptor, 1> room;
    ours.send_descriptors("hello", {ours}).value();
    theirs.receive_descriptors(buffer, room).value();
    CHECK(trace.lines() == std::vector<std::string>{"send_descriptors 5 = 5", "receive_descriptors 8 = 5"});
}
