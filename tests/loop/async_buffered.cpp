// SPDX-License-Identifier: BSL-1.0
#include <plumb/loop/async_buffered.hpp>

#include <plumb/loop/async_stream.hpp>
#include <plumb/loop/together.hpp>
#include <plumb/stream/buffered.hpp>

#include <doctest/doctest.h>

#include "in_loop.hpp"
#include "loopback.hpp"

#include <chrono>
#include <string>

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
        auto [word, none] = co_await all_of(words.read_until("--", 100), rest());
        CHECK(word.value().text() == "123456--");
        CHECK((co_await words.read_until("", 100)).error() == std::errc::invalid_argument);
        theirs.close();
        CHECK((co_await words.read_until("--", 100)).error() == error(verb::read, condition::end_of_stream, 1));
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
