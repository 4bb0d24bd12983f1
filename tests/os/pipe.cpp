// SPDX-License-Identifier: BSL-1.0
#include <plumb/os/pipe.hpp>

#include <doctest/doctest.h>

#include <array>
#include <string>
#include <thread>
#include <utility>

using namespace plumb;
using namespace std::chrono_literals;

namespace {

using pipes = os::native_pipes;
static_assert(os::pipe_system<pipes>);

struct ends {
    os::handle reader, writer;
    explicit ends(std::array<os::handle, 2> made = pipes::pair().value()) : reader(made[0]), writer(made[1]) {}
    ends(const ends&) = delete;
    ~ends() {
        close(reader);
        close(writer);
    }
    static void close(os::handle& end) {
        if (auto open = std::exchange(end, os::none); open != os::none) pipes::close(open);
    }
    std::string read(std::size_t most = 100, const limit auto&... limits) {
        std::string text(most, '?');
        text.resize(pipes::read(reader, text, limits...).value());
        return text;
    }
};

bool is(error found, verb operation, std::errc cause) { return found.operation() == operation && found == cause; }

}  // namespace

TEST_CASE("what is written comes out in order, and then the end") {
    ends pipe;
    CHECK(pipes::write(pipe.writer, "hello, ").value() == 7);
    CHECK(pipes::write(pipe.writer, "world", within(1s)).value() == 5);
    CHECK(pipe.read(5) == "hello");
    CHECK(pipe.read(100, within(1s)) == ", world");
    ends::close(pipe.writer);
    CHECK(pipe.read() == "");
    CHECK(pipe.read(100, within(1s)) == "");
}

TEST_CASE("several buffers are moved in turn") {
    ends pipe;
    std::array<bytes, 4> out{bytes(""), bytes("ab"), bytes(""), bytes("cd")};
    std::size_t taken = pipes::write(pipe.writer, out).value();
    CHECK((taken == 4 || taken == 2));
    if (taken == 2) CHECK(pipes::write(pipe.writer, out[3], within(1s)).value() == 2);
    char first[1], second[8];
    std::array<mutable_bytes, 2> in{mutable_bytes(first), mutable_bytes(second)};
    auto given = pipes::read(pipe.reader, in, within(1s)).value();
    CHECK(first[0] == 'a');
    if (given == 1) given += pipes::read(pipe.reader, second).value();
    CHECK(std::string(second, given - 1) == std::string("bcd").substr(0, given - 1));
}

TEST_CASE("a read of an empty pipe ends by its deadline or by a stop, and takes nothing") {
    ends pipe;
    char one[1];
    CHECK(pipes::read(pipe.reader, one, within(0s)).error() == error(verb::read, condition::timed_out));
    CHECK(pipes::read(pipe.reader, one, within(10ms)).error() == error(verb::read, condition::timed_out));
    stop_source stop;
    std::thread other([&] { stop.request_stop(); });
    CHECK(pipes::read(pipe.reader, one, stop.token()).error() == error(verb::read, condition::cancelled));
    other.join();
    CHECK(pipes::read(pipe.reader, one, stop.token(), within(1s)).error() == condition::cancelled);
    pipes::write(pipe.writer, "x").value();
    CHECK(pipes::read(pipe.reader, one, stop.token(), within(0s)).value() == 1);    // what is there is given all the same
}

TEST_CASE("a write into a full pipe ends by its deadline or by a stop") {
    ends pipe;
    std::string much(64 * 1024, 'x');
    auto outcome = pipes::write(pipe.writer, much, within(0s));
    for (int more = 0; outcome && more < 1000; ++more) outcome = pipes::write(pipe.writer, much, within(0s));
    CHECK(outcome.error() == error(verb::write, condition::timed_out));
    CHECK(pipes::write(pipe.writer, much, within(10ms)).error() == condition::timed_out);
    stop_source stop;
    std::thread other([&] { stop.request_stop(); });
    CHECK(pipes::write(pipe.writer, much, stop.token()).error() == error(verb::write, condition::cancelled));
    other.join();
}

TEST_CASE("a waiting read is given what another thread writes, and a waiting write what room another makes") {
    for (auto timed : {false, true}) {
        ends pipe;
        std::string much(1 << 20, 'x'), got;
        std::thread other([&] {
            for (bytes left = much; !left.empty();)
                left = left.subspan((timed ? pipes::write(pipe.writer, left, within(20s)) : pipes::write(pipe.writer, left)).value());
            ends::close(pipe.writer);
        });
        for (;;) {
            auto part = timed ? pipe.read(10'000, within(20s)) : pipe.read(10'000);
            if (part.empty()) break;
            got += part;
        }
        other.join();
        CHECK(got == much);
    }
}

TEST_CASE("a write that nobody can read any more is an error") {
    for (auto timed : {false, true}) {
        ends pipe;
        ends::close(pipe.reader);
        auto outcome = timed ? pipes::write(pipe.writer, "x", within(1s)) : pipes::write(pipe.writer, "x");
        CHECK(outcome.error() == std::errc::broken_pipe);
        CHECK(outcome.error().operation() == verb::write);
    }
}

TEST_CASE("an end is known for what it is") {
    ends pipe;
    CHECK(pipes::expect(pipe.reader, os::pipe_end::reader));
    CHECK(pipes::expect(pipe.writer, os::pipe_end::writer));
    CHECK(pipes::expect(pipe.reader, os::pipe_end::writer).error() == error(verb::adopt, condition::wrong_descriptor));
    CHECK(pipes::expect(pipe.writer, os::pipe_end::reader).error() == condition::wrong_descriptor);
    CHECK(pipes::expect(os::none, os::pipe_end::reader).error() == std::errc::bad_file_descriptor);
    ends::close(pipe.writer);
    CHECK(pipes::expect(pipe.reader, os::pipe_end::reader));    // of a pipe at its end, too
    auto socket = os::native::open(os::number_of(family::ipv4), os::number_of(socket_type::stream), 0).value();
    CHECK(pipes::expect(socket, os::pipe_end::reader).error() == condition::wrong_descriptor);
    os::native::close(socket);
}

TEST_CASE("a pipe has a capacity") {
    ends pipe;
    CHECK(pipes::capacity(pipe.reader).value() >= 4096);
    CHECK(pipes::capacity(pipe.writer).value() == pipes::capacity(pipe.reader).value());
    CHECK(is(pipes::capacity(os::none).error(), verb::get, std::errc::bad_file_descriptor));
}

TEST_CASE("a duplicate is the same end: the reader sees the end when both are closed") {
    ends pipe;
    auto twin = pipes::duplicate(pipe.writer).value();
    ends::close(pipe.writer);
    pipes::write(twin, "x").value();
    CHECK(pipe.read() == "x");
    char one[1];
    CHECK(pipes::read(pipe.reader, one, within(0s)).error() == condition::timed_out);
    pipes::close(twin);
    CHECK(pipe.read() == "");
    CHECK(is(pipes::duplicate(os::none).error(), verb::duplicate, std::errc::bad_file_descriptor));
}

TEST_CASE("a pipe with an end for another program carries bytes, and our end keeps deadlines") {
    for (auto theirs : {os::pipe_end::reader, os::pipe_end::writer}) {
        ends pipe(pipes::pair_for_child(theirs).value());
        pipes::write(pipe.writer, "heard").value();
        CHECK(pipe.read() == "heard");
        if (theirs == os::pipe_end::writer) {
            char one[1];
            CHECK(pipes::read(pipe.reader, one, within(10ms)).error() == condition::timed_out);
        }
        ends::close(pipe.writer);
        CHECK(pipe.read() == "");
    }
}

TEST_CASE("no end at all is a bad descriptor to every transfer") {
    char one[1] = {};
    CHECK(is(pipes::read(os::none, one).error(), verb::read, std::errc::bad_file_descriptor));
    CHECK(pipes::read(os::none, one, within(1s)).error() == std::errc::bad_file_descriptor);
    CHECK(is(pipes::write(os::none, bytes("x")).error(), verb::write, std::errc::bad_file_descriptor));
    CHECK(pipes::write(os::none, bytes("x"), within(1s)).error() == std::errc::bad_file_descriptor);
}
