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

// The waiting half of persist: what happened to the last try, and what to do about it.
template <class System, class Outcome>
class persistence {
public:
    persistence(verb operation, handle target, interest awaited, const patience& limits)
        : operation_(operation), target_(target), awaited_(awaited), limits_(limits) {}

    // Whether to try again after this outcome; if not, outcome holds the final error.
    // A handle that keeps calling itself ready and then is not costs naps that grow to 16 ms, not a busy loop.
    [[nodiscard]] bool goes_on(Outcome& outcome) {
        auto cause = outcome.error();
        if (cause == std::errc::interrupted) return end_with(outcome, check<System>(operation_, limits_));
        if (cause != std::errc::resource_unavailable_try_again) return end_with(outcome, failure(cause.during(operation_)));
        // Nothing there and nothing to come: datagram sockets and local acceptors say it no other way once they are shut down.
        if (ended_) return end_with(outcome, failure(operation_, condition::cancelled));
        if (++misses_ > 2) doze<System>(std::chrono::milliseconds(1 << detail::least(misses_ - 3, 4)), limits_);
        return end_with(outcome, await<System>(operation_, target_, awaited_, limits_, &ended_));
    }

private:
    static bool end_with(Outcome& outcome, const result<void>& verdict) {
        if (!verdict) outcome = failure(verdict.error());
        return verdict.has_value();
    }

    verb operation_;
    handle target_;
    interest awaited_;
    patience limits_;
    int misses_ = 0;
    bool ended_ = false;
};

// Tries again after a first try that failed. Kept out of line, so that the way of success stays short.
template <class System, class Outcome, class Attempt>
[[nodiscard, gnu::noinline, gnu::cold]] Outcome persist_after(Outcome outcome, verb operation, handle target, interest awaited,
                                                              Attempt attempt, waiting waits, const patience& limits) {
    persistence<System, Outcome> persistence(operation, target, awaited, limits);
    while (persistence.goes_on(outcome)) {
        outcome = attempt(waits);
        if (outcome) break;
    }
    return outcome;
}

// Carries out `attempt(waiting)` until it succeeds, fails for good, or the limits end it. Without limits it is the bare
// blocking call; with them it is tried without waiting first.
// Errors: condition::timed_out and condition::cancelled by the limits, beside the call's own.
template <class System, class Attempt, limit... Limits>
[[nodiscard, gnu::always_inline]] inline auto persist(verb operation, handle target, interest awaited, Attempt attempt, const Limits&... limits) {
    constexpr auto waits = sizeof...(Limits) == 0 ? waiting::yes : waiting::no;
    auto outcome = attempt(waits);
    if (outcome) [[likely]] return outcome;
    return persist_after<System>(outcome, operation, target, awaited, attempt, waits, patience_of<System>(limits...));
}

}  // namespace os

}  // namespace plumb
