// SPDX-License-Identifier: BSL-1.0
#include <plumb/loop/async_buffered.hpp>

#include <plumb/loop/async_copy.hpp>
#include <plumb/loop/async_stream.hpp>
#include <plumb/loop/together.hpp>
#include <plumb/stream/buffered.hpp>

#include <doctest/doctest.h>

#include "in_loop.hpp"
#include "loopback.hpp"

#include <chrono>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

using namespace plumb;
using namespace std::chrono_literals;
using support::on_every_driver;

TEST_CASE("lines come one by one, however they were sent; the last may lack its end") {
    on_every_driver([](loop& in) -> task<> {
        auto [ours, theirs] = support::connected<tcp>();
        async_buffered lines(in.attach(std::move(ours)).value());
        theirs.write_all("one\ntwo\r\n\nth").value();
        CHECK((co_await lines.read_line()).value() == "one");
        CHECK((co_await lines.read_line()).value() == "two");
        CHECK((co_await lines.read_line()).value().empty());
        CHECK((co_await lines.read_line(within(1ms))).error() == error(verb::read, condition::timed_out));
        CHECK(lines.kept().text() == "th");    // nothing is lost
        theirs.write_all("ree\nlast").value();
        CHECK((co_await lines.read_line()).value() == "three");
        theirs.close();
        CHECK((co_await lines.read_line()).value() == "last");
        CHECK((co_await lines.read_line()).error() == error(verb::read, condition::end_of_stream));
    });
}

TEST_CASE("what is too long is refused and kept; a delimiter may be cut in two") {
    on_every_driver([](loop& in) -> task<> {
        auto [ours, theirs] = support::connected<tcp>();
        auto socket = in.attach(std::move(ours)).value();
        async_buffered<tcp::async_socket&> words(socket);
        theirs.write_all("12345").value();
        CHECK((co_await words.read_until("--", 4)).error() == error(verb::read, condition::too_long, 4));
        auto rest = [&, &end = theirs]() -> task<> {
            end.write_all("6-").value();
            (co_await in.sleep_for(1ms)).value();
            end.write_all("-7").value();
        };
        auto [word, none] = co_await when_all(words.read_until("--", 100), rest());
        CHECK(word.value().text() == "123456--");
        CHECK((co_await words.read_until("", 100)).error() == std::errc::invalid_argument);
        theirs.close();
        CHECK((co_await words.read_until("--", 100)).error() == error(verb::read, condition::end_of_stream, 1));
    });
}

TEST_CASE("a delimiter is bytes, such as a zero; one that is moved from keeps nothing and is closed") {
    on_every_driver([](loop& in) -> task<> {
        auto [ours, theirs] = support::connected<tcp>();
        async_buffered first(in.attach(std::move(ours)).value());
        theirs.write_all(std::string_view("one\0two\0three", 13)).value();
        theirs.close();
        CHECK((co_await first.read_until("\0")).value().text() == std::string_view("one\0", 4));
        auto second = std::move(first);
        CHECK(first.kept().empty());
        CHECK((co_await first.read_line()).error() == error(verb::read, std::errc::bad_file_descriptor));
        CHECK((co_await second.read_until("\0", 100)).value().text() == std::string_view("two\0", 4));
        first = std::move(second);
        CHECK(second.kept().empty());
        CHECK((co_await first.read_to_end<std::string>()).value() == "three");
    });
}

TEST_CASE("messages with their length in front are those that the blocking stream writes") {
    on_every_driver([](loop& in) -> task<> {
        auto [ours, theirs] = support::connected<tcp>();
        async_buffered frames(in.attach(std::move(ours)).value());
        buffered writer(std::move(theirs));
        writer.write_frame("first").value();
        writer.write_frame("").value();
        writer.write_frame("third").value();
        CHECK((co_await frames.read_frame(100)).value().text() == "first");
        CHECK((co_await frames.read_frame(100)).value().empty());
        CHECK((co_await frames.read_frame(4)).error() == error(verb::read, condition::too_long, 4));
        CHECK((co_await frames.read_frame(5)).value().text() == "third");
        writer.inner().write_all("\0\0").value();
        writer.inner().close();
        CHECK((co_await frames.read_frame(5)).error() == error(verb::read, condition::end_of_stream, 2));
    });
}

TEST_CASE("what is kept comes first in every way of reading, and no byte twice") {
    on_every_driver([](loop& in) -> task<> {
        auto [ours, theirs] = support::connected<tcp>();
        async_buffered stream(in.attach(std::move(ours)).value());
        auto say = [&, &end = theirs](bytes text) { end.write_all(text).value(); };
        say("head\nbody and ");
        CHECK((co_await stream.read_line()).value() == "head");
        char some[4], more[8];
        CHECK((co_await stream.read(some)).value() == 4);
        CHECK(std::string_view(some, 4) == "body");
        CHECK((co_await stream.read(mutable_bytes())).value() == 0);
        say("tail");
        (co_await stream.read_exact(more)).value();
        CHECK(std::string_view(more, 8) == " and tai");
        CHECK((co_await stream.read(more)).value() == 1);
        CHECK((co_await stream.read(more, within(1ms))).error() == error(verb::read, condition::timed_out));

        say("line\nrest");
        CHECK((co_await stream.read_line()).value() == "line");
        theirs.write_all(" of it").value();
        CHECK((co_await stream.read_exact(std::span(more, 6))).has_value());
        stream.put_back("back ");    // longer than what was taken lately
        stream.put_back(stream.kept().first(2));
        std::string all = "all: ";
        theirs.close();
        CHECK((co_await stream.read_to_end(all)).value() == 2 + 5 + 4);
        CHECK(all == "all: baback f it");
        CHECK((co_await stream.read_to_end<std::string>()).value().empty());
        CHECK((co_await stream.read_exact(more)).error() == error(verb::read, condition::end_of_stream, 0));
    });
}

TEST_CASE("an exact read that meets the end, and reading to the end with a limit, count what was kept as well") {
    on_every_driver([](loop& in) -> task<> {
        for (auto most : {3u, 6u, 9u, 10u}) {
            auto [ours, theirs] = support::connected<tcp>();
            async_buffered stream(in.attach(std::move(ours)).value());
            theirs.write_all("-\n123456").value();
            (co_await stream.read_line()).value();
            theirs.write_all("7890").value();
            theirs.close();
            std::vector<char> got;
            auto outcome = co_await stream.read_to_end(got, most);
            CHECK(std::string(got.begin(), got.end()) == std::string("1234567890").substr(0, most));
            if (most < 10) CHECK(outcome.error() == error(verb::read, condition::too_long, most));
            else CHECK(outcome == std::size_t{10});
        }
        auto [ours, theirs] = support::connected<tcp>();
        async_buffered stream(in.attach(std::move(ours)).value());
        theirs.write_all("-\n123456").value();
        (co_await stream.read_line()).value();
        theirs.write_all("7890").value();
        theirs.close();
        char too_much[20];
        CHECK((co_await stream.read_exact(too_much)).error() == error(verb::read, condition::end_of_stream, 10));
    });
}

TEST_CASE("messages are written with their length in front, and read without saying how long they may be") {
    on_every_driver([](loop& in) -> task<> {
        auto [ours, theirs] = support::connected<tcp>();
        async_buffered writer(in.attach(std::move(ours)).value()), reader(in.attach(std::move(theirs)).value());
        std::string big_one(60'000, 'x');
        CHECK((co_await writer.write_frame("first", within(5s))).has_value());
        CHECK((co_await writer.write_frame<little<std::uint16_t>>(big_one)).has_value());
        CHECK((co_await writer.write_frame<big<std::uint16_t>>(std::string(70'000, 'x'))).error() == error(verb::write, condition::too_long, 65'535));
        CHECK((co_await reader.read_frame()).value().text() == "first");
        CHECK((co_await reader.read_frame<little<std::uint16_t>>()).value().text() == big_one);
        CHECK((co_await writer.write_all("a;b")).has_value());
        CHECK((co_await writer.write(std::array{bytes(";"), bytes("c")})).value() == 2);
        CHECK((co_await writer.write_all({"d", ";"})).has_value());
        for (auto word : {"a;", "b;", "cd;"}) CHECK((co_await reader.read_until(";")).value().text() == word);
    });
}

TEST_CASE("a length that no message can have is refused, however much is allowed") {
    on_every_driver([](loop& in) -> task<> {
        auto [ours, theirs] = support::connected<tcp>();
        async_buffered stream(in.attach(std::move(ours)).value());
        theirs.write_all("\xff\xff\xff\xff\xff\xff\xff\xfe").value();
        constexpr auto any = std::numeric_limits<std::size_t>::max();
        CHECK((co_await stream.read_frame<big<std::uint64_t>>(any, within(5s))).error() == condition::too_long);
    });
}

TEST_CASE("a buffered stream is copied with what it keeps, and takes back what could not be written") {
    on_every_driver([](loop& in) -> task<> {
        auto [ours, theirs] = support::connected<tcp>();
        auto [back, server] = support::connected<tcp>();
        async_buffered from(in.attach(std::move(ours)).value());
        auto to = in.attach(std::move(back)).value();
        theirs.write_all("GET\nbody").value();
        CHECK((co_await from.read_line()).value() == "GET");
        CHECK((co_await copy(from, to, 3)).value() == 3);
        CHECK((co_await copy(from, to, 100, within(1ms))).error() == error(verb::copy, condition::timed_out, 1));
        char got[4];
        server.read_exact(got).value();
        CHECK(std::string_view(got, 4) == "body");

        to.shutdown(direction::write).value();
        theirs.write_all("lost?").value();
        CHECK((co_await copy(from, to)).error() == error(verb::copy, std::errc::broken_pipe, 0));
        CHECK(from.kept().text() == "lost?");
    });
}
