// SPDX-License-Identifier: BSL-1.0
#include <plumb/stream.hpp>
#include <plumb/testing/memory_stream.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using namespace plumb;
using namespace std::chrono_literals;

namespace {

const std::size_t pieces[] = {1, 2, 3, 5, memory_stream::any_size};    // how much one read gives

std::vector<std::string> lines_of(std::string_view text, std::size_t piece) {
    buffered lines(memory_stream(text, piece));
    std::vector<std::string> all;
    for (;;) {
        auto line = lines.read_line();
        if (!line) {
            CHECK(line.error() == error(verb::read, condition::end_of_stream));
            return all;
        }
        all.emplace_back(*line);
    }
}

// Gives one piece a read, and "the deadline has passed" where a piece is empty.
struct halting : stream_reader<halting> {
    std::vector<std::string_view> left;    // the last one first
    explicit halting(std::vector<std::string_view> parts) : left(parts.rbegin(), parts.rend()) {}
    result<std::size_t> read(mutable_bytes into, const limit auto&...) {
        if (left.empty()) return 0;
        auto part = left.back();
        left.pop_back();
        if (part.empty()) return failure(verb::read, condition::timed_out);
        std::copy_n(reinterpret_cast<const std::byte*>(part.data()), part.size(), into.begin());
        return part.size();
    }
};

}  // namespace

TEST_CASE("lines lose their ends, wherever a read cuts them") {
    struct row {
        std::string_view text;
        std::vector<std::string> lines;
    };
    const row rows[] = {
        {"", {}},                                          // no line at all
        {"a\nb\n", {"a", "b"}},
        {"a\r\nb\r\n", {"a", "b"}},                        // as on the wire
        {"a\nlast", {"a", "last"}},                        // a last one without an end
        {"\n\n", {"", ""}},                                // empty ones
        {"\r\n", {""}},
        {"a\rb\n", {"a\rb"}},                              // a return alone ends nothing
        {"a\r\r\n", {"a\r"}},                              // one of them belongs to the line
        {"a\r", {"a\r"}},                                  // no end, so nothing is taken from it
        {std::string_view("a\0b\n", 4), {std::string("a\0b", 3)}},
    };
    for (auto& row : rows)
        for (auto piece : pieces) CHECK(lines_of(row.text, piece) == row.lines);
}

TEST_CASE("a delimiter of several bytes is found, wherever a read cuts it") {
    for (auto piece : pieces) {
        buffered stream(memory_stream("head: 1\r\n\r\nbody\r\n\r\nrest", piece));
        CHECK(stream.read_until("\r\n\r\n").value().text() == "head: 1\r\n\r\n");
        CHECK(stream.read_until("\r\n\r\n").value().text() == "body\r\n\r\n");
        CHECK(stream.read_until("\r\n\r\n").error() == error(verb::read, condition::end_of_stream, 4));
        CHECK(stream.kept().text() == "rest");    // and can still be had
        CHECK(stream.read_to_end<std::string>().value() == "rest");
    }
    buffered overlapping(memory_stream("aaab", 1));
    CHECK(overlapping.read_until("aab").value().text() == "aaab");
    CHECK(overlapping.read_until("").error() == std::errc::invalid_argument);    // it would be everywhere
}

TEST_CASE("too long a line is an error that loses nothing") {
    for (auto piece : pieces) {
        buffered stream(memory_stream("0123456789\nnext\n", piece));
        CHECK(stream.read_line(8).error() == error(verb::read, condition::too_long, 8));
        CHECK(stream.read_line(8).error() == condition::too_long);    // again
        CHECK(stream.read_line(11).value() == "0123456789");          // the most counts the line's end
        CHECK(stream.read_line(5).value() == "next");
        CHECK(stream.read_line(5).error() == condition::end_of_stream);
    }
}

TEST_CASE("a line that never ends is bounded by itself") {
    buffered endless(memory_stream(std::string(1 << 20, 'x')));
    CHECK(endless.read_line().error() == error(verb::read, condition::too_long, 64 * 1024));
    CHECK(endless.kept().size() < 256 * 1024);
}

TEST_CASE("a deadline in the middle of a line keeps what had arrived") {
    buffered stream(halting({"hel", "", "lo\nwor", "", "ld\n"}));
    CHECK(stream.read_line().error() == condition::timed_out);
    CHECK(stream.kept().text() == "hel");
    CHECK(stream.read_line().value() == "hello");
    CHECK(stream.read_line().error() == condition::timed_out);
    CHECK(stream.read_line().value() == "world");
}

TEST_CASE("a deadline in the middle of a message keeps what had arrived") {
    using namespace std::string_view_literals;
    buffered stream(halting({"\0"sv, "", "\0\0\5he"sv, "", "llo\0\0\0\1"sv, "!"}));
    CHECK(stream.read_frame().error() == condition::timed_out);
    CHECK(stream.read_frame().error() == condition::timed_out);
    CHECK(stream.read_frame().value().text() == "hello");
    CHECK(stream.read_frame().value().text() == "!");
}

TEST_CASE("limits go with every read below, and end between two") {
    buffered stream(memory_stream("abcdef\n", 1));
    CHECK(stream.read_line(within(0s)).error() == condition::timed_out);
    CHECK(stream.kept().text() == "a");    // the first is always tried
    stop_source source;
    source.request_stop();
    CHECK(stream.read_until("\n", source.token()).error() == condition::cancelled);
    CHECK(stream.read_line(64, within(10s), source.token()).error() == condition::cancelled);
    CHECK(stream.read_line(within(10s)).value() == "abcdef");
    stream.inner().feed("kept\n");
    CHECK(stream.read_line(within(10s)).value() == "kept");
    stream.inner().feed("a\nb\n");
    CHECK(stream.read_line(within(10s)).value() == "a");
}

TEST_CASE("messages keep their boundaries, in any pieces and with any length in front") {
    for (auto piece : pieces) {
        memory_stream wire({}, piece);
        buffered<memory_stream&> out(wire);
        out.write_frame("first").value();
        out.write_frame("").value();
        out.write_frame<little<std::uint16_t>>("second").value();
        buffered in(memory_stream(wire.written(), piece));
        CHECK(in.read_frame().value().text() == "first");
        CHECK(in.read_frame().value().empty());
        CHECK(in.read_frame<little<std::uint16_t>>().value().text() == "second");
        CHECK(in.read_frame().error() == error(verb::read, condition::end_of_stream));
    }
}

TEST_CASE("a message of more than 64 KiB arrives whole where it is allowed") {
    std::string large(100'000, 'x');
    large.back() = 'y';
    memory_stream wire;
    buffered<memory_stream&> out(wire);
    out.write_frame(large).value();
    out.write_frame("next").value();
    buffered in(memory_stream(wire.written(), 7'777));
    CHECK(in.read_frame().error() == error(verb::read, condition::too_long, 64 * 1024));
    CHECK(in.read_frame(large.size() - 1).error() == condition::too_long);
    CHECK(in.read_frame(large.size()).value().text() == large);
    CHECK(in.read_frame().value().text() == "next");
}

TEST_CASE("a length that lies costs nothing") {
    using namespace std::string_view_literals;
    buffered huge(memory_stream("\xff\xff\xff\xff\xff\xff\xff\xff rest"sv));
    constexpr auto everything = std::numeric_limits<std::size_t>::max();
    CHECK(huge.read_frame<big<std::uint64_t>>(everything).error() == condition::too_long);
    CHECK(huge.read_frame<big<std::uint32_t>>(100).error() == error(verb::read, condition::too_long, 100));
    CHECK(huge.read_frame<big<std::int64_t>>().error() == condition::too_long);    // negative
    CHECK(huge.kept().size() == 13);
    memory_stream wire;
    buffered<memory_stream&> out(wire);
    CHECK(out.write_frame<big<std::uint16_t>>(std::string(65'536, 'x')).error() == error(verb::write, condition::too_long, 65'535));
    CHECK(wire.written().empty());
}

TEST_CASE("a message cut by the end of the stream says how much arrived") {
    using namespace std::string_view_literals;
    buffered in_head(memory_stream("\0\0"sv)), in_body(memory_stream("\0\0\0\5he"sv));
    CHECK(in_head.read_frame().error() == error(verb::read, condition::end_of_stream, 2));
    CHECK(in_body.read_frame().error() == error(verb::read, condition::end_of_stream, 6));
}

TEST_CASE("plain reads take what is kept first, and writes go through") {
    memory_stream inner("line\nrest of it");
    buffered<memory_stream&> stream(inner);
    CHECK(stream.read_line().value() == "line");
    CHECK(stream.kept().text() == "rest of it");
    std::string into(4, ' ');
    CHECK(stream.read(into).value() == 4);
    CHECK(into == "rest");
    CHECK(stream.read(mutable_bytes()).value() == 0);
    CHECK(stream.read_to_end<std::string>().value() == " of it");
    CHECK(stream.read(into).value() == 0);
    stream.write_all("out").value();
    CHECK(&stream.inner() == &inner);
    CHECK(inner.written().text() == "out");
}

TEST_CASE("what is kept moves along, and stays nowhere else") {
    buffered first(memory_stream("a\nb\nc\n"));
    CHECK(first.read_line().value() == "a");
    buffered second(std::move(first));
    CHECK(first.kept().empty());
    CHECK(second.read_line().value() == "b");
    buffered third(memory_stream("other"));
    third = std::move(second);
    CHECK(second.kept().empty());
    CHECK(third.read_line().value() == "c");
    CHECK(third.read_line().error() == condition::end_of_stream);
}

TEST_CASE("what is put back is read next, whether there was room before it or not") {
    buffered stream(memory_stream("0123456789"));
    char some[4];
    CHECK(stream.read(some).value() == 4);    // past the memory
    stream.put_back("23");
    stream.put_back("01");
    CHECK(stream.kept().text() == "0123");
    CHECK(stream.read_until("6").value().text() == "0123456");
    stream.put_back("456");
    stream.put_back("");
    CHECK(stream.read_to_end<std::string>().value() == "456789");
    stream.put_back(std::string(10'000, 'x'));
    CHECK(stream.read_to_end<std::string>().value() == std::string(10'000, 'x'));
}
