// SPDX-License-Identifier: BSL-1.0
#include <plumb/loop/loop.hpp>

#include <plumb/loop/async_stream.hpp>
#include <plumb/loop/readiness.hpp>
#include <plumb/loop/scope.hpp>
#include <plumb/loop/together.hpp>

#include <doctest/doctest.h>

#include "in_loop.hpp"
#include "loopback.hpp"
#include "sanitized.hpp"
#if !defined(PLUMB_OS_WINDOWS)
#include <plumb/process/pipe.hpp>

#include "child.hpp"
#include "scarce_descriptors.hpp"
#include "storm.hpp"

#include <ctime>
#include <unistd.h>
#endif

#include <array>
#include <chrono>
#include <memory>
#include <optional>
#include <stdexcept>
#include <thread>
#include <vector>

using namespace plumb;
using namespace std::chrono_literals;
using support::on_every_driver;

#if !defined(PLUMB_OS_WINDOWS)
namespace {

// How long this thread has worked.
std::chrono::nanoseconds processor_time() {
    timespec worked{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &worked);
    return std::chrono::seconds(worked.tv_sec) + std::chrono::nanoseconds(worked.tv_nsec);
}

}  // namespace
#endif

TEST_CASE("a loop stands on the driver that it was told, by default on the first there is") {
    loop best;
    CHECK(best.current_driver() != driver::automatic);
    CHECK(loop(driver::poll).current_driver() == driver::poll);
    CHECK(name_of(driver::poll) == "poll");
}

TEST_CASE("run gives what the task gives, or throws what it throws") {
    loop in;
    CHECK(in.run([]() -> task<int> { co_return 3; }()) == 3);
    CHECK_THROWS_WITH(in.run([]() -> task<> {
        throw std::runtime_error("on purpose");
        co_return;
    }()), "on purpose");
}

TEST_CASE("sleepers wake in the order of their moments, not before them") {
    on_every_driver([](loop& in) -> task<> {
        std::vector<int> woken;
        auto start = in.now();
        auto nap = [&](int span) -> task<> {
            (co_await in.sleep_for(std::chrono::milliseconds(span))).value();
            CHECK(in.now() - start >= std::chrono::milliseconds(span));
            woken.push_back(span);
        };
        co_await when_all(nap(9), nap(1), nap(5), nap(0), in.sleep_until(start - 1s));
        CHECK(woken == std::vector{0, 1, 5, 9});
    });
}

TEST_CASE("who sleeps for no time at all, again and again, lets others go on") {
    on_every_driver([](loop& in) -> task<> {
        int turns = 0, naps = 0;
        auto nap = [&]() -> task<> {
            for (; naps < 10'000; ++naps) (co_await in.sleep_until(instant())).value();
        };
        auto look = [&]() -> task<> {
            while (naps < 10'000) {
                (co_await in.sleep_for(1ns)).value();
                ++turns;
            }
        };
        co_await when_all(look(), nap());
        CHECK(turns > 20);
    });
}

TEST_CASE("a sleep ends early by a stop, before it starts or while it lasts, and says so") {
    on_every_driver([](loop& in) -> task<> {
        stop_source source;
        auto asleep = [&]() -> task<> {
            auto slept = co_await in.sleep_for(1h, source.token());
            CHECK(slept.error() == error(verb::wait, condition::cancelled));
        };
        auto stop = [&]() -> task<> {
            (co_await in.sleep_for(1ms)).value();
            source.request_stop();
        };
        co_await when_all(asleep(), asleep(), stop());
        co_await asleep();
    });
}

TEST_CASE("a sleep ends when its moment has come, or else when a limit does, whichever way that is given") {
    on_every_driver([](loop& in) -> task<> {
        stop_source source;
        const auto late = os::patience_of<os::native>(source.token(), within(2ms));
        CHECK((co_await in.sleep_for(1h, within(2ms), source.token())).error() == error(verb::wait, condition::timed_out));
        CHECK((co_await in.sleep_for(1h, late)).error() == error(verb::wait, condition::timed_out));
        CHECK((co_await in.sleep_until(forever, within(-1s))).error() == error(verb::wait, condition::timed_out));
        CHECK((co_await in.sleep_for(2ms, within(1h), source.token())).has_value());
        CHECK((co_await in.sleep_for(2ms, os::patience_of<os::native>(source.token()))).has_value());
        CHECK((co_await in.sleep_until(in.now(), late)).has_value());
        source.request_stop();
        CHECK((co_await in.sleep_until(in.now() - 1s, source.token())).has_value());    // it is over already
    });
}

TEST_CASE("a stop that another thread requests is seen at once") {
    on_every_driver([](loop& in) -> task<> {
        stop_source source;
        std::jthread other([source]() mutable { source.request_stop(); });
        CHECK((co_await in.sleep_for(1h, source.token())).error() == condition::cancelled);
    });
}

TEST_CASE("functions posted from other threads are called in the loop's thread, each once and in its thread's order") {
    on_every_driver([](loop& in) -> task<> {
        constexpr int threads = 8, each = 2000;
        std::array<int, threads> last{};
        int called = 0;
        auto own = std::this_thread::get_id();
        std::vector<std::jthread> posting;
        for (int which = 0; which < threads; ++which)
            posting.emplace_back([&, which] {
                for (int i = 1; i <= each; ++i)
                    in.post([&, which, i] {
                        if (std::this_thread::get_id() == own && last[static_cast<std::size_t>(which)] == i - 1) ++called;
                        last[static_cast<std::size_t>(which)] = i;
                    });
            });
        while (last != std::array{each, each, each, each, each, each, each, each}) (co_await in.sleep_for(1ms)).value();
        CHECK(called == threads * each);
    });
}

TEST_CASE("a posted function may hold what cannot be copied; what was not called goes with the loop") {
    struct told_of_its_end {
        int& ends;
        ~told_of_its_end() { ++ends; }
    };
    int ends = 0;
    {
        loop in;
        in.post([held = std::unique_ptr<told_of_its_end>(new told_of_its_end{ends})] {});
        CHECK(ends == 0);
    }
    CHECK(ends == 1);
}

TEST_CASE("what a posted function throws, run throws, and the others are called all the same") {
    loop in;
    int called = 0;
    in.post([&] { ++called; });
    in.post([] { throw std::runtime_error("posted"); });
    in.post([&] { ++called; });
    auto nap = [&]() -> task<> { (co_await in.sleep_for(5ms)).value(); };
    CHECK_THROWS_WITH(in.run(nap()), "posted");
    in.run(nap());
    CHECK(called == 2);
}

TEST_CASE("a foreign descriptor is waited for, in both directions at once, and twice the same way") {
    on_every_driver([](loop& in) -> task<> {
        auto [ours, theirs] = support::connected<tcp>();
        auto handle = ours.native_handle();
        auto wait = [&](interest what) -> task<> { (co_await in.wait(handle, what)).value(); };
        co_await wait(interest::writable);
        auto write = [&, &end = theirs]() -> task<> {
            (co_await in.sleep_for(1ms)).value();
            end.write_all("x").value();
        };
        co_await when_all(wait(interest::readable), wait(interest::readable), wait(interest::writable), write());
        co_await wait(interest::readable);    // still there: it was not read
        char got;
        ours.read_exact(std::span(&got, 1)).value();
        CHECK((co_await in.wait(handle, interest::readable, within(1ms))).error() == error(verb::wait, condition::timed_out));
    });
}

#if !defined(PLUMB_OS_WINDOWS)
TEST_CASE("errors and ends wake who waits, though nobody asks for them, and cost nothing when they stay") {
    on_every_driver([](loop& in) -> task<> {
        auto closed = pipe().value(), full = pipe().value();
        while (full.writer.write(std::string(4096, 'x'), within(0s))) {}
        auto [ours, theirs] = support::connected<tcp>();
        auto broken = in.attach(std::move(ours)).value();
        auto break_all = [&, &end = theirs]() -> task<> {
            (co_await in.sleep_for(2ms)).value();
            closed.writer.close();
            full.reader.close();
            end.close();    // with bytes that were not read: a reset
        };
        const std::string much(16 << 20, 'x');
        auto [hung_up, failed, sent, none] =
            co_await when_all(in.wait(closed.reader.native_handle(), interest::readable, within(10s)),
                            in.wait(full.writer.native_handle(), interest::writable, within(10s)), broken.write_all(much, within(10s)), break_all());
        CHECK(hung_up.has_value());
        CHECK(failed.has_value());
        CHECK((sent.error() == std::errc::connection_reset || sent.error() == std::errc::broken_pipe));
        auto before = processor_time();
        (co_await in.sleep_for(100ms)).value();
        CHECK(processor_time() - before < 50ms);
    });
}

TEST_CASE("a number that is no descriptor is told to be none, and one that somebody closes makes no loop spin") {
    on_every_driver([](loop& in) -> task<> {
        for (auto what : {interest::readable, interest::writable})
            for (int number : {-1, -5, 1 << 20}) {
                INFO("number: ", number);
                for (auto limit : {within(5s), within(-1s)}) {
                    auto waited = co_await in.wait(number, what, limit);
                    REQUIRE_FALSE(waited.has_value());
                    CHECK(waited.error() == error(verb::wait, std::errc::bad_file_descriptor));
                }
            }
        auto [ours, theirs] = support::connected<tcp>();
        auto stolen = ours.native_handle();
        auto one = in.attach(std::move(ours)).value();
        auto steal = [&]() -> task<> {
            (co_await in.sleep_for(2ms)).value();
            ::close(stolen);
        };
        auto before = processor_time();
        auto [read, none] = co_await when_all(one.receive(within(100ms)), steal());
        CHECK((read.error() == std::errc::bad_file_descriptor || read.error() == condition::timed_out));
        CHECK(processor_time() - before < 50ms);
        REQUIRE(::dup2(theirs.native_handle(), stolen) == stolen);    // so that it can be closed by who owns it
    });
}

TEST_CASE("without a descriptor for a second wait for a foreign one, the wait says that it is that") {
    loop in(driver::epoll);
    if (in.current_driver() != driver::epoll) return;
    in.run([](loop& here) -> task<> {
        auto [ours, theirs] = support::connected<tcp>();
        auto wait_again = [&, handle = ours.native_handle()]() -> task<result<void>> {
            support::scarce_descriptors none;
            co_return co_await here.wait(handle, interest::readable);
        };
        auto again = wait_again();
        auto [winner, gave] = co_await when_any(here.wait(ours.native_handle(), interest::readable), std::move(again));
        CHECK(std::get<1>(gave).error() == error(verb::wait, std::errc::too_many_files_open));
    }(in));
}

TEST_CASE("a loop that was made without a free descriptor calls what is posted, whether there is one later or not") {
    if (support::is_sanitized) return;    // sanitizers need descriptors of their own
    for (bool is_scarce_still : {true, false}) {
        std::optional<support::scarce_descriptors> none(std::in_place);
        loop in;
        if (!is_scarce_still) none.reset();
        bool called = false;
        std::jthread other([&] { in.post([&] { called = true; }); });
        in.run([](loop& here, bool& done) -> task<> {
            for (auto latest = here.now() + 20s; !done && here.now() < latest;) (void)co_await here.sleep_for(1ms);
        }(in, called));
        none.reset();
        CHECK(called);
        CHECK(in.current_driver() == driver::poll);
    }
}
#endif

TEST_CASE("another loop drives ours: by its handle, its next moment and poll") {
    for (auto which : support::every_driver) {
        loop in(which);
        if (in.current_driver() != which) continue;
        auto [ours, theirs] = support::connected<tcp>();
        auto woken = false, heard = false;
        auto work = [&, handle = ours.native_handle()]() -> task<> {
            (co_await in.sleep_for(2ms)).value();
            woken = true;
            (co_await in.wait(handle, interest::readable)).value();
            heard = true;
        };
        auto made = work();
        CHECK(in.next_timeout() == forever);
        made.start();
        while (!woken) {
            CHECK(in.next_timeout() != forever);
            tcp::sleep_until(in.next_timeout()).value();
            in.poll();
        }
        in.poll();
        CHECK_FALSE(heard);
        theirs.write_all("x").value();
        if (in.native_handle() != os::none) {
            os::watch one{.target = in.native_handle()};
            CHECK(os::native::wait(std::span(&one, 1), tcp::now() + 10s, nullptr) == std::size_t{1});
        }
        for (auto until = tcp::now() + 10s; !heard && tcp::now() < until;) in.poll();
        CHECK(heard);
        CHECK(made.is_done());
    }
}

TEST_CASE("a coroutine that waits in a loop may go at any time") {
    on_every_driver([](loop& in) -> task<> {
        auto [ours, theirs] = support::connected<tcp>();
        stop_source source;
        auto handle = ours.native_handle();
        auto wait = [&]() -> task<> { (void)co_await in.wait(handle, interest::readable, within(1h), source.token()); };
        auto nap = [&]() -> task<> { (void)co_await in.sleep_for(1h, source.token()); };
        {
            auto first = wait(), second = nap();
            first.start();
            second.start();
            source.request_stop();
            (co_await in.sleep_for(1ms)).value();
        }
        {
            scope waiting(in);
            waiting.spawn(wait());
            waiting.spawn(nap());
            theirs.write_all("x").value();
        }
        (co_await in.sleep_for(1ms)).value();
    });
}

#if !defined(PLUMB_OS_WINDOWS)
TEST_CASE("a child has no part in the loop of its parent: what it attaches, closes or destroys there changes nothing") {
    for (auto which : support::every_driver) {
        loop in(which);
        if (in.current_driver() != which) continue;
        INFO("driver: ", std::string(name_of(which)));
        auto [ours, theirs] = support::connected<tcp>();
        auto [other, other_end] = support::connected<tcp>();
        auto one = in.attach(std::move(ours)).value(), two = in.attach(std::move(other)).value();
        std::string heard;
        auto [third, third_end] = support::connected<tcp>();
        auto read = [&]() -> task<> { heard = (co_await one.receive()).value().text(); };
        auto write = [&]() -> task<> {
            std::string much(8 << 20, 'x');
            (void)co_await two.write_all(much);
        };
        auto reading = read();
        reading.start();
        in.poll();
        CHECK(support::in_child([&] {
            {
                auto its = write();
                its.start();
                (void)in.attach(std::move(third));
            }
            two.close();
            one.close();
            return std::string("done");
        }) == "done");
        theirs.write_all("heard").value();
        for (auto until = tcp::now() + 5s; heard.empty() && tcp::now() < until;) in.poll();
        CHECK(heard == "heard");
    }
}

TEST_CASE("under a storm of signals words come through, and waits last as long as they should, with and without SA_RESTART") {
    on_every_driver([](loop& in) -> task<> {
        auto [ours, theirs] = support::connected<tcp>();
        auto one = in.attach(std::move(ours)).value(), other = in.attach(std::move(theirs)).value();
        for (int flags : {0, SA_RESTART}) {
            support::storm storm(flags);
            auto start = in.now();
            (co_await in.sleep_for(100ms)).value();
            CHECK(in.now() - start >= 100ms);
            CHECK((co_await one.receive(within(50ms))).error() == condition::timed_out);
            CHECK(in.now() - start >= 150ms);
            std::string data(1 << 20, 'x'), back(data.size(), ' ');
            auto [sent, got] = co_await when_all(one.write_all(data), other.read_exact(back));
            CHECK((sent && got));
            CHECK(back == data);
            while (storm.count() < 100 && in.now() - start < 20s) (co_await in.sleep_for(1ms)).value();
            CHECK(storm.count() >= 100);
        }
    });
}
#endif
