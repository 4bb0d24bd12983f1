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
        auto [all, sent] = co_await all_of(reader.read_to_end<std::string>(), write());
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
        auto [read, none] = co_await all_of(reader.read_exact(got), late());
        CHECK(read.has_value());
        std::string great(1 << 20, 'x');
        auto cut = co_await writer.write_all(great, within(1ms));
        CHECK(cut.error() == condition::timed_out);
        CHECK(cut.error().detail() > 0);
        reader.close();
        CHECK((co_await writer.write_all("x")).error() == error(verb::write, std::errc::broken_pipe));
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
