// SPDX-License-Identifier: BSL-1.0
#include <plumb/loop/channel.hpp>

#include <plumb/loop/together.hpp>

#include <doctest/doctest.h>

#include "in_loop.hpp"

#include <chrono>
#include <string>
#include <thread>
#include <vector>

using namespace plumb;
using namespace std::chrono_literals;
using support::on_every_driver;

TEST_CASE("values come out in the order in which they were put in, by whoever waits first") {
    on_every_driver([](loop& in) -> task<> {
        channel<int> numbers(in, 4);
        std::vector<int> taken;
        auto take = [&](int count) -> task<> {
            for (int i = 0; i < count; ++i) taken.push_back((co_await numbers.pop()).value());
        };
        auto give = [&]() -> task<> {
            for (int i = 0; i < 10; ++i) {
                while (!numbers.push(i)) (co_await in.sleep_for(1ms)).value();
            }
        };
        co_await when_all(take(3), take(7), give());
        CHECK(taken == std::vector{0, 1, 2, 3, 4, 5, 6, 7, 8, 9});
    });
}

TEST_CASE("a full channel takes no more, a closed one gives what it has and then says that it is the end") {
    on_every_driver([](loop& in) -> task<> {
        channel<std::string> words(in, 2);
        CHECK(words.push("one"));
        CHECK(words.push("two"));
        CHECK_FALSE(words.push("lost"));
        words.close();
        CHECK_FALSE(words.push("late"));
        CHECK((co_await words.pop()).value() == "one");
        CHECK((co_await words.pop()).value() == "two");
        CHECK((co_await words.pop()).error() == error(verb::receive, condition::end_of_stream));
    });
}

TEST_CASE("whoever waits is told of the end, of a limit, and of what another thread posts") {
    on_every_driver([](loop& in) -> task<> {
        channel<int> numbers(in, 1);
        CHECK((co_await numbers.pop(within(1ms))).error() == error(verb::receive, condition::timed_out));
        std::jthread other([&] { in.post([&] { (void)numbers.push(7); }); });
        CHECK((co_await numbers.pop()).value() == 7);
        auto close = [&]() -> task<> {
            (co_await in.sleep_for(1ms)).value();
            numbers.close();
        };
        auto [value, none] = co_await when_all(numbers.pop(), close());
        CHECK(value.error() == condition::end_of_stream);
    });
}
