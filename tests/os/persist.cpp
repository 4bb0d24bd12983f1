// SPDX-License-Identifier: BSL-1.0
#include <plumb/os/persist.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <vector>

using namespace plumb;
using namespace std::chrono_literals;

namespace {

// A system whose clock stands still but for waits, and whose waits end as they are told: nothing here takes real time.
struct scripted {
    static inline instant clock;
    static inline int waits;                           // for handles
    static inline int naps;                            // for nothing but time
    static inline timeline::duration each_wait;        // how long a wait lasts before it says ready
    static inline std::vector<error> wait_failures;    // what the next waits fail with, the last one first
    static inline int asked_for_time;
    static inline bool ended;

    static void restart() {
        clock = instant(1000s);
        waits = naps = asked_for_time = 0;
        each_wait = 0ms;
        ended = false;
        wait_failures.clear();
    }
    static instant now() noexcept {
        ++asked_for_time;
        return clock;
    }
    static result<std::size_t> wait(std::span<os::watch> watches, instant until, os::waker*) {
        if (watches.empty()) {
            ++naps;
            clock = until;
            return 0;
        }
        ++waits;
        if (!wait_failures.empty()) {
            auto failed = wait_failures.back();
            wait_failures.pop_back();
            clock += 1ms;
            return failure(failed);
        }
        if (clock + each_wait > until) {
            clock = until;
            return 0;
        }
        clock += each_wait;
        watches.front().ready = true;
        watches.front().ended = ended;
        return watches.size();
    }
};

constexpr error interrupted(verb::none, std::errc::interrupted), not_ready(verb::none, std::errc::resource_unavailable_try_again);

// A call that fails in these ways, one after the other, and then gives 7.
struct attempts {
    std::vector<error> failures;    // the last one first
    std::size_t* made;
    std::vector<os::waiting>* ways;

    result<std::size_t> operator()(os::waiting waits) {
        ++*made;
        if (ways) ways->push_back(waits);
        if (failures.empty()) return 7;
        auto failed = failures.back();
        failures.pop_back();
        return failure(failed);
    }
};

struct outcome {
    result<std::size_t> gave;
    std::size_t made = 0;
    std::vector<os::waiting> ways;
};

outcome run(std::vector<error> failures, const limit auto&... limits) {
    outcome all;
    all.gave = os::persist<scripted>(verb::read, 3, os::interest::readable, attempts{std::move(failures), &all.made, &all.ways}, limits...);
    return all;
}

}  // namespace

TEST_CASE("a call that succeeds is made once, and the clock is not asked") {
    scripted::restart();
    auto plain = run({});
    CHECK(plain.gave == 7);
    CHECK(plain.made == 1);
    CHECK(plain.ways.front() == os::waiting::yes);
    CHECK(scripted::asked_for_time == 0);
    auto limited = run({}, within(1s));
    CHECK(limited.ways.front() == os::waiting::no);    // it is tried without waiting first
    CHECK(scripted::asked_for_time == 0);
}

TEST_CASE("an interrupted call is made again, as often as it takes") {
    scripted::restart();
    auto plain = run(std::vector(10'000, interrupted));
    CHECK(plain.gave == 7);
    CHECK(plain.made == 10'001);
    CHECK(scripted::waits == 0);
    CHECK(run(std::vector(100, interrupted), within(1s)).gave == 7);
}

TEST_CASE("interruptions do not lengthen a deadline") {
    scripted::restart();
    scripted::wait_failures = std::vector(10'000, interrupted);    // a millisecond apart
    auto stormy = run(std::vector(10'000, not_ready), within(300ms));
    CHECK(stormy.gave.error() == condition::timed_out);
    CHECK(stormy.gave.error().operation() == verb::read);
    CHECK(scripted::clock == instant(1000s) + 300ms);
    CHECK(stormy.made == 1);
}

TEST_CASE("a call that would have to wait waits for its handle, and is made again") {
    scripted::restart();
    scripted::each_wait = 100ms;
    auto patient = run({not_ready}, within(1s));
    CHECK(patient.gave == 7);
    CHECK(patient.made == 2);
    CHECK(scripted::waits == 1);
    CHECK(scripted::clock == instant(1000s) + 100ms);
    auto endless = run({not_ready});    // a descriptor that somebody else made non-blocking
    CHECK(endless.gave == 7);
    CHECK(endless.ways == std::vector(2, os::waiting::yes));
}

TEST_CASE("nothing comes before the deadline: timed_out at that moment") {
    scripted::restart();
    scripted::each_wait = 2s;
    auto late = run({not_ready}, within(1s));
    CHECK(late.gave.error() == condition::timed_out);
    CHECK(late.gave.error() == std::errc::timed_out);
    CHECK(scripted::clock == instant(1000s) + 1s);
}

TEST_CASE("a deadline of zero, or in the past, tries once and does not wait") {
    for (auto past : {within(0s), within(-1s), until(instant(999s)), until((instant::min)())}) {
        scripted::restart();
        CHECK(run({}, past).gave == 7);
        auto late = run({not_ready}, past);
        CHECK(late.gave.error() == condition::timed_out);
        CHECK(late.made == 1);
        CHECK(scripted::waits == 0);
    }
}

TEST_CASE("an interrupted call is not made again once the deadline has passed") {
    scripted::restart();
    auto late = run({interrupted, interrupted}, within(0s));
    CHECK(late.gave.error() == condition::timed_out);
    CHECK(late.made == 1);
}

TEST_CASE("a handle that calls itself ready and is not costs naps, not a busy loop") {
    scripted::restart();
    auto liar = run(std::vector(100'000, not_ready), within(10s));
    CHECK(liar.gave.error() == condition::timed_out);
    CHECK(liar.made < 1000);
    CHECK(scripted::naps > 100);
    CHECK(scripted::clock == instant(1000s) + 10s);
}

TEST_CASE("a stop ends an operation that would have to wait, and one that is ready goes first") {
    scripted::restart();
    stop_source source;
    source.request_stop();
    CHECK(run({}, source.token()).gave == 7);
    auto stopped = run({not_ready}, source.token());
    CHECK(stopped.gave.error() == condition::cancelled);
    CHECK(stopped.gave.error() == std::errc::operation_canceled);
    CHECK(scripted::waits == 0);
    CHECK(run({interrupted}, source.token()).gave.error() == condition::cancelled);
    CHECK(run({not_ready}, within(0s), source.token()).gave.error() == condition::cancelled);    // the stop is told first
    CHECK(run({not_ready}, stop_token()).gave == 7);                                             // one that never stops
}

TEST_CASE("a handle that was shut down and has nothing left ends the operation") {
    scripted::restart();
    scripted::ended = true;
    CHECK(run({not_ready}, within(1h)).gave == 7);    // what came before the end is still given
    auto woken = run({not_ready, not_ready}, within(1h));
    CHECK(woken.gave.error() == error(verb::read, condition::cancelled));
    CHECK(woken.made == 2);
    CHECK(run(std::vector(10, not_ready)).gave.error() == condition::cancelled);
}

TEST_CASE("other errors end it, told of the operation that was asked for") {
    scripted::restart();
    auto reset = run({error(verb::receive, std::errc::connection_reset)});
    CHECK(reset.gave.error() == error(verb::read, std::errc::connection_reset));
    CHECK(reset.made == 1);
    scripted::wait_failures = {error(verb::wait, std::errc::bad_file_descriptor)};
    CHECK(run({not_ready}, within(1s)).gave.error() == error(verb::read, std::errc::bad_file_descriptor));
}

TEST_CASE("limits that were settled before are kept, whenever the operation starts") {
    scripted::restart();
    auto settled = os::patience_of<scripted>(within(1s));
    scripted::clock += 600ms;
    scripted::each_wait = 500ms;
    CHECK(run({not_ready}, settled).gave.error() == condition::timed_out);
    CHECK(scripted::clock == instant(1000s) + 1s);
    CHECK(os::check<scripted>(verb::write, settled).error() == error(verb::write, condition::timed_out));
    CHECK(os::check<scripted>(verb::write, patience{}).has_value());
}

TEST_CASE("a wait for several sees what is ready though no time is left, outlives interruptions, and keeps its limits") {
    scripted::restart();
    os::watch several[2] = {{.target = 3}, {.target = 4}};
    auto wait = [&](patience limits) { return os::await_any<scripted>(verb::wait, several, limits); };
    CHECK(wait({.until = scripted::clock}).has_value());
    CHECK(several[0].ready);
    scripted::wait_failures = {interrupted, interrupted};
    CHECK(wait({}).has_value());
    scripted::wait_failures = {interrupted};
    scripted::each_wait = 50ms;
    CHECK(wait({.until = scripted::clock + 20ms}).error() == error(verb::wait, condition::timed_out));
    stop_source source;
    source.request_stop();
    CHECK(wait({.until = scripted::clock, .sleeper = source.token().waker()}).error() == condition::cancelled);
    scripted::wait_failures = {{verb::none, std::errc::bad_file_descriptor}};
    CHECK(wait({}).error() == error(verb::wait, std::errc::bad_file_descriptor));
}
