// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/core/least.hpp>
#include <plumb/os/native.hpp>
#include <plumb/os/stop.hpp>

#include <concepts>

// Persistence: the one place that tries again. A call interrupted by a signal is repeated; a call that would have to wait
// waits for its handle, for its deadline and for a stop. Every blocking verb of the library is a call below this.

namespace plumb::inline v0_1 {

// How long one operation may wait, settled when it started: a moment, and what ends it from outside.
struct patience {
    instant until = forever;
    os::waker* sleeper = nullptr;

    void settle(deadline limit, auto now) { until = limit.starting(now()); }
    void settle(const stop_token& limit, auto) noexcept { sleeper = limit.waker(); }
    void settle(const patience& limit, auto) noexcept { *this = limit; }
};

// What may follow the arguments of a verb that can wait: a deadline, a stop token, or both. The tokens must outlive the call.
template <class T>
concept limit = std::same_as<T, deadline> || std::same_as<T, stop_token> || std::same_as<T, patience>;

namespace os {

// What several limits mean together, for an operation that starts now.
template <class System>
[[nodiscard]] patience patience_of(const limit auto&... limits) {
    patience together;
    (together.settle(limits, [] { return System::now(); }), ...);
    return together;
}

// Why an operation that would have to wait on must end instead; the empty result where it may go on.
template <class System>
[[nodiscard]] result<void> check(verb operation, const patience& limits) {
    if (limits.sleeper && limits.sleeper->is_awake()) return failure(operation, condition::cancelled);
    if (limits.until != forever && System::now() >= limits.until) return failure(operation, condition::timed_out);
    return {};
}

// Waits until the handle is ready, or tells why not. Tells as well whether it has been shut down, where that is asked for.
template <class System>
[[nodiscard]] result<void> await(verb operation, handle target, interest awaited, const patience& limits, bool* ended = nullptr) {
    for (;;) {
        if (auto still = check<System>(operation, limits); !still) return still;
        watch one{.target = target, .awaited = awaited};
        auto ready = System::wait(std::span(&one, 1), limits.until, limits.sleeper);
        if (!ready && ready.error() != std::errc::interrupted) return failure(ready.error().during(operation));
        if (ended) *ended = one.ended;
        if (ready && *ready > 0) return {};
    }
}

// Sleeps for a span, or less: until the limits end it.
template <class System>
void doze(timeline::duration span, const patience& limits) {
    (void)System::wait({}, detail::least(System::now() + span, limits.until), limits.sleeper);
}

// What the tries of one operation have seen so far.
struct tries {
    signed char misses = 0;
    bool ended = false;
};

// What to do about a try that failed: waits until another one makes sense, or gives the final error.
// Out of line, so that the way of success stays short. A handle that keeps calling itself ready and then is not costs naps
// that grow to 16 ms, not a busy loop.
template <class System>
[[nodiscard, gnu::noinline, gnu::cold]] result<void> prepare_next(tries& seen, error cause, verb operation, handle target,
                                                                  interest awaited, const patience& limits) {
    if (cause == std::errc::interrupted) return check<System>(operation, limits);
    if (cause != std::errc::resource_unavailable_try_again) return failure(cause.during(operation));
    // Nothing there and nothing to come: datagram sockets and local acceptors say it no other way once they are shut down.
    if (seen.ended) return failure(operation, condition::cancelled);
    if (seen.misses < 7) ++seen.misses;
    if (seen.misses > 2) doze<System>(std::chrono::milliseconds(1 << (seen.misses - 3)), limits);
    return await<System>(operation, target, awaited, limits, &seen.ended);
}

// Carries out `attempt(waiting)`, the bare blocking call, until it succeeds or fails for good.
// Attempt and target are looked at anew for each try, so nothing is kept for a second one while the first goes well.
template <class System, class Attempt>
[[nodiscard]] inline auto persist(verb operation, const handle& target, interest awaited, Attempt attempt) {
    for (tries seen;;) {
        auto outcome = attempt(waiting::yes);
        if (outcome) [[likely]] return outcome;
        auto next = prepare_next<System>(seen, outcome.error(), operation, target, awaited, {});
        if (!next) return decltype(outcome)(failure(next.error()));
    }
}

// The same until the limits end it. It is tried without waiting first, and only then the clock is asked.
// Errors: condition::timed_out and condition::cancelled by the limits, beside the call's own.
template <class System, class Attempt, limit... Limits>
    requires(sizeof...(Limits) > 0)
[[nodiscard]] inline auto persist(verb operation, const handle& target, interest awaited, Attempt attempt, const Limits&... limits) {
    auto outcome = attempt(waiting::no);
    if (outcome) [[likely]] return outcome;
    const auto settled = patience_of<System>(limits...);
    for (tries seen; !outcome; outcome = attempt(waiting::no)) {
        auto next = prepare_next<System>(seen, outcome.error(), operation, target, awaited, settled);
        if (!next) return decltype(outcome)(failure(next.error()));
    }
    return outcome;
}

}  // namespace os

}  // namespace plumb
