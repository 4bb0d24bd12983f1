// SPDX-License-Identifier: BSL-1.0
#include <plumb/stream.hpp>
#include <plumb/testing/memory_stream.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <string>
#include <vector>

using namespace plumb;
using namespace std::chrono_literals;

namespace {

const std::size_t pieces[] = {1, 2, 3, 5, memory_stream::any_size};    // how much one write takes

// Takes so many bytes and then fails.
struct narrow : stream_writer<narrow> {
    std::size_t room;
    explicit narrow(std::size_t bytes_taken) : room(bytes_taken) {}
    result<std::size_t> write(bytes from, const limit auto&...) {
        if (room == 0) return failure(verb::write, std::errc::no_space_on_device);
        auto size = std::min<std::size_t>(from.size(), std::min<std::size_t>(room, 2));
        room -= size;
        return size;
    }
    result<std::size_t> write(std::span<const bytes> from, const limit auto&... limits) { return write(from.front(), limits...); }
};

}  // namespace

TEST_CASE("all of it is written, however little one write takes") {
    for (auto size : pieces) {
        memory_stream stream({}, size);
        stream.write_all("0123456789").value();
        stream.write_all("").value();
        CHECK(stream.written().text() == "0123456789");
    }
}

TEST_CASE("several buffers are written as if they were one, wherever a write is cut") {
    for (auto size : pieces) {
        memory_stream stream({}, size);
        stream.write_all({"", "ab", "", "cde", "f", ""}).value();
        CHECK(stream.written().text() == "abcdef");
        std::vector<bytes> none;
        stream.write_all(none).value();
        stream.write_all({"", ""}).value();
        std::vector<bytes> many(3'000, bytes("xyz"));
        stream.write_all(many).value();
        CHECK(stream.written().size() == 6 + 9'000);
    }
}

TEST_CASE("an error says how many bytes were taken before it") {
    CHECK(narrow(5).write_all("0123456789").error() == error(verb::write, std::errc::no_space_on_device, 5));
    CHECK(narrow(0).write_all("0").error().detail() == 0);
    CHECK(narrow(5).write_all({"abc", "defg"}).error() == error(verb::write, std::errc::no_space_on_device, 5));
}

TEST_CASE("a deadline that has passed ends a long write between two") {
    memory_stream stream({}, 1);
    CHECK(stream.write_all("abc", within(0s)).error() == error(verb::write, condition::timed_out, 1));
    CHECK(stream.write_all({"abc", "d"}, within(0s)).error() == error(verb::write, condition::timed_out, 1));
    stop_source source;
    source.request_stop();
    CHECK(stream.write_all("abc", source.token()).error() == error(verb::write, condition::cancelled, 1));
    stream.write_all("abc", within(10s)).value();
}
