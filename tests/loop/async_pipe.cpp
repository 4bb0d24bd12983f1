// SPDX-License-Identifier: BSL-1.0
#include <plumb/loop/async_pipe.hpp>

#include <plumb/loop/together.hpp>

#include <doctest/doctest.h>

#include "in_loop.hpp"

#include <chrono>
#include <string>
#include <vector>

using namespace plumb;
using namespace std::chrono_literals;
using support::on_every_driver;

TEST_CASE("a pipe in a loop: more than it holds goes through it, and the end is seen") {
    on_every_driver([](loop& in) -> task<> {
        auto ends = pipe().value();
        auto reader = in.attach(std::move(ends.reader)).value();
        auto writer = in.attach(std::move(ends.writer)).value();
        std::string data(1 << 20, 'x');
        for (std::size_t i = 0; i < data.size(); ++i) data[i] = static_cast<char>(i * 7 + i / 999);
        auto write = [&]() -> task<result<void>> {
            auto sent = co_await writer.write_all(data);
            writer.close();
            co_return sent;
        };
        auto [all, sent] = co_await when_all(reader.read_to_end<std::string>(), write());
        CHECK(sent.has_value());
        CHECK(all.value() == data);
        CHECK((co_await reader.receive()).value().empty());
    });
}

TEST_CASE("a pipe is waited for until a limit comes; a writer without a reader is told, and no signal comes") {
    on_every_driver([](loop& in) -> task<> {
        auto ends = pipe().value();
        auto reader = in.attach(std::move(ends.reader)).value();
        auto writer = in.attach(std::move(ends.writer)).value();
        char got[4];
        CHECK((co_await reader.read(got, within(1ms))).error() == error(verb::read, condition::timed_out));
        auto late = [&]() -> task<> {
            (co_await in.sleep_for(1ms)).value();
            (co_await writer.write_all("late")).value();
        };
        auto [read, none] = co_await when_all(reader.read_exact(got), late());
        CHECK(read.has_value());
        std::string great(1 << 20, 'x');
        auto cut = co_await writer.write_all(great, within(1ms));
        CHECK(cut.error() == condition::timed_out);
        CHECK(cut.error().detail() > 0);
        reader.close();
        CHECK((co_await writer.write_all("x")).error() == error(verb::write, std::errc::broken_pipe));
    });
}

TEST_CASE("a pipe in a loop tells its capacity and takes another, and its end has a second owner outside") {
    on_every_driver([](loop& in) -> task<> {
        auto ends = pipe().value();
        auto reader = in.attach(std::move(ends.reader)).value();
        auto writer = in.attach(std::move(ends.writer)).value();
        CHECK(writer.set_capacity(4096).value() == 4096);
        CHECK(reader.capacity().value() == 4096);
        auto cut = co_await writer.write_all(std::string(5000, 'x'), within(1ms));
        CHECK(cut.error() == error(verb::write, condition::timed_out, 4096));
        auto twin = writer.duplicate().value();
        writer.close();
        std::string all;
        CHECK((co_await reader.read_to_end(all, within(1ms))).error() == error(verb::read, condition::timed_out, 4096));
        twin.close();
        CHECK((co_await reader.read_to_end(all)).value() == 0);
    });
}

TEST_CASE("two pipes talk both ways in a loop, and one way after the other ends") {
    on_every_driver([](loop& in) -> task<> {
        auto ends = duplex_pipe().value();
        auto ours = in.attach(std::move(ends[0])).value(), theirs = in.attach(std::move(ends[1])).value();
        std::string question(1 << 20, '?');
        auto answer = [&]() -> task<> {
            auto asked = co_await theirs.read_to_end<std::string>();
            auto told = co_await theirs.write_all({"heard ", std::to_string(asked.value().size())});
            CHECK(told.has_value());
            theirs.close();
        };
        auto ask = [&]() -> task<result<std::string>> {
            auto sent = co_await ours.write_all(question, within(10s));
            CHECK(sent.has_value());
            ours.shutdown(direction::write).value();
            co_return co_await ours.read_to_end<std::string>(within(10s));
        };
        auto [heard, none] = co_await when_all(ask(), answer());
        CHECK(heard.value() == "heard 1048576");
        CHECK(ours.shutdown(direction::write).error() == error(verb::shutdown, std::errc::not_connected));
        CHECK((ours.is_open() && !theirs.is_open()));
        CHECK((co_await ours.write_all("x")).error() == error(verb::write, std::errc::bad_file_descriptor));
        CHECK((co_await ours.receive()).value().empty());
        CHECK((co_await theirs.receive()).error() == error(verb::read, std::errc::bad_file_descriptor));
    });
}

TEST_CASE("an end of two pipes goes into a loop and out of it with the sides that are open, and each by itself") {
    on_every_driver([](loop& in) -> task<> {
        auto ends = duplex_pipe().value();
        ends[0].writer().close();
        auto ours = in.attach(std::move(ends[0])).value();
        CHECK((ours.reader().is_open() && !ours.writer().is_open()));
        ends[1].write_all("one").value();
        CHECK((co_await ours.receive()).value().text() == "one");
        auto back = ours.release();
        CHECK((back.reader().is_open() && !back.writer().is_open()));
        CHECK_FALSE(ours.is_open());
        ends[1].write_all("two").value();
        auto side = in.attach(std::move(back.reader())).value();
        async_duplex_end again(std::move(side), async_pipe_writer());
        ends[1].close();
        CHECK((co_await again.read_to_end<std::string>()).value() == "two");
        CHECK(in.attach(duplex_end()).has_value());    // with none of them
    });
}

TEST_CASE("reading to the end keeps to a limit of bytes, and keeps what had arrived") {
    on_every_driver([](loop& in) -> task<> {
        auto ends = pipe().value();
        auto reader = in.attach(std::move(ends.reader)).value();
        ends.writer.write_all("123456").value();
        std::vector<char> most;
        CHECK((co_await reader.read_to_end(most, 4)).error() == error(verb::read, condition::too_long, 4));
        CHECK(std::string(most.begin(), most.end()) == "1234");
        ends.writer.write_all("ab").value();
        std::string some;
        CHECK((co_await reader.read_to_end(some, within(1ms))).error() == error(verb::read, condition::timed_out, 2));
        CHECK(some == "ab");
    });
}
