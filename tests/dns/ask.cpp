// SPDX-License-Identifier: BSL-1.0
#include <plumb/dns/ask.hpp>

#include <doctest/doctest.h>

#include "gate.hpp"
#include "threads.hpp"

#include <atomic>
#include <chrono>
#include <csignal>
#include <memory>
#include <string>
#include <unistd.h>
#include <utility>
#include <vector>

using namespace plumb;
using namespace std::chrono_literals;

using support::count_threads;
using support::gate;

namespace {

// Counts how many of its kind are alive.
struct counted {
    static inline std::atomic<int> alive{0};
    counted() { ++alive; }
    counted(const counted&) { ++alive; }
    ~counted() { --alive; }
};

template <class Condition>
bool comes_true(Condition condition) {
    for (auto give_up = os::native::now() + 20s; os::native::now() < give_up;) {
        if (condition()) return true;
        os::native::sleep_until(os::native::now() + 1ms);
    }
    return false;
}

auto limits_of(auto... limits) { return os::patience_of<os::native>(limits...); }

// A system that can start no thread.
struct exhausted : os::native {
    struct thread {
        static result<thread> start(auto) { return failure(verb::start_thread, std::errc::resource_unavailable_try_again); }
        void join() {}
        void detach() {}
    };
};

// A system whose waits are interrupted by signals at first.
struct interrupted : os::native {
    static inline int interruptions = 0;
    static result<std::size_t> wait(std::span<os::watch> watches, instant until, os::waker* sleeper) {
        if (interruptions++ < 3) return failure(verb::wait, std::errc::interrupted);
        return os::native::wait(watches, until, sleeper);
    }
};

}  // namespace

TEST_CASE("without limits a question is asked in the caller's own thread") {
    auto inside = [] { return result<pid_t>(::gettid()); };
    CHECK(detail::ask<os::native>(verb::resolve, {}, inside) == ::gettid());
    CHECK(detail::ask<os::native>(verb::resolve, limits_of(stop_token(), deadline::never()), inside) == ::gettid());
}

TEST_CASE("with a limit a question is asked in a thread of its own, with every signal blocked") {
    auto blocked = detail::ask<os::native>(verb::resolve, limits_of(within(20s)), []() -> result<std::pair<pid_t, bool>> {
        sigset_t now;
        ::pthread_sigmask(SIG_SETMASK, nullptr, &now);
        return std::pair(::gettid(), ::sigismember(&now, SIGINT) == 1 && ::sigismember(&now, SIGCHLD) == 1);
    });
    REQUIRE(blocked);
    CHECK(blocked->first != ::gettid());
    CHECK(blocked->second);
}

TEST_CASE("an answer and an error both arrive, whichever limit there is") {
    stop_source source;
    for (auto& limits : {limits_of(within(20s)), limits_of(source.token()), limits_of(within(20s), source.token())}) {
        CHECK(detail::ask<os::native>(verb::resolve, limits, [] { return result<std::string>("found"); }).value() == "found");
        auto failed = detail::ask<os::native>(verb::resolve, limits, [] { return result<std::string>(failure(verb::resolve, lookup::failed)); });
        CHECK(failed.error() == lookup::failed);
    }
}

TEST_CASE("a question that hangs is left behind at the deadline, and frees all it held when it ends") {
    auto closed = std::make_shared<gate>();
    auto start = os::native::now();
    auto outcome = detail::ask<os::native>(verb::resolve, limits_of(within(50ms)), [closed, held = counted()]() -> result<std::string> {
        closed->pass();
        return std::string(100'000, 'x');    // an answer for nobody
    });
    auto took = os::native::now() - start;
    CHECK(outcome.error() == error(verb::resolve, condition::timed_out));
    CHECK(took >= 50ms);
    CHECK(took < 5s);
    CHECK(counted::alive > 0);
    auto while_hanging = count_threads();
    closed->open();
    CHECK(comes_true([] { return counted::alive == 0; }));
    CHECK(comes_true([&] { return count_threads() < while_hanging; }));
}

TEST_CASE("a stop ends the wait for a question that hangs, with and without a deadline") {
    auto closed = std::make_shared<gate>();
    auto before = count_threads();
    auto hang = [closed]() -> result<int> {
        closed->pass();
        return 0;
    };
    for (auto limit : {deadline::never(), within(20s)}) {
        stop_source source;
        auto stopper = os::native::thread::start([&] {
            os::native::sleep_until(os::native::now() + 20ms);
            source.request_stop();
        });
        CHECK(detail::ask<os::native>(verb::resolve, limits_of(limit, source.token()), hang).error() == condition::cancelled);
    }
    closed->open();
    CHECK(comes_true([&] { return count_threads() <= before; }));
}

TEST_CASE("a limit that has passed already starts no thread and asks nothing") {
    stop_source stopped;
    stopped.request_stop();
    auto asked = false;
    auto question = [&]() -> result<int> {
        asked = true;
        return 0;
    };
    CHECK(detail::ask<os::native>(verb::resolve, limits_of(within(0s)), question).error() == condition::timed_out);
    CHECK(detail::ask<os::native>(verb::resolve, limits_of(stopped.token()), question).error() == condition::cancelled);
    CHECK(!asked);
}

TEST_CASE("a thread that cannot be started is an error, and nothing is asked or kept") {
    auto outcome = detail::ask<exhausted>(verb::resolve, limits_of(within(20s)), [held = counted()] { return result<int>(0); });
    CHECK(outcome.error() == std::errc::resource_unavailable_try_again);
    CHECK(outcome.error().operation() == verb::start_thread);
    CHECK(counted::alive == 0);
}

TEST_CASE("a wait that signals interrupt goes on") {
    auto closed = std::make_shared<gate>();
    auto outcome = detail::ask<interrupted>(verb::resolve, limits_of(within(200ms)), [closed]() -> result<int> {
        closed->pass();
        return 0;
    });
    CHECK(outcome.error() == condition::timed_out);
    CHECK(interrupted::interruptions > 3);
    auto hanging = count_threads();
    closed->open();
    CHECK(comes_true([&] { return count_threads() < hanging; }));
}

TEST_CASE("many lookups at once, left behind or not, all end") {
    auto before = count_threads();
    {
        std::vector<os::native::thread> callers;
        for (int i = 0; i < 16; ++i)
            callers.push_back(os::native::thread::start([i] {
                                  (void)detail::ask<os::native>(verb::resolve, limits_of(within(i * 500us)), [held = counted(), i]() -> result<std::string> {
                                      os::native::sleep_until(os::native::now() + 4ms);
                                      return std::string(1000, static_cast<char>('a' + i));
                                  });
                              }).value());
    }
    CHECK(comes_true([&] { return counted::alive == 0 && count_threads() <= before; }));
}
