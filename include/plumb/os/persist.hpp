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

// What may follow the arguments of a verb that can wait: a deadline, a stop token, or one of each. The token must outlive the call.
template <class T>
concept limit = std::same_as<T, deadline> || std::same_as<T, stop_token> || std::same_as<T, patience>;

namespace os {

// What several limits mean together, for an operation that starts now.
template <class System, limit... Limits>
[[nodiscard]] patience patience_of(const Limits&... limits) {
    static_assert((std::same_as<Limits, deadline> + ... + 0) <= 1 && (std::same_as<Limits, stop_token> + ... + 0) <= 1,
                  "an operation has at most one deadline and one stop token");
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
        auto ready = System::wait({&one, 1}, limits.until, limits.sleeper);
        if (!ready && ready.error() != std::errc::interrupted) return failure(ready.error().during(operation));
        if (ended) *ended = one.ended;
        if (ready && *ready > 0) return {};
    }
}

// Waits until one of several handles is ready, or tells why not. What is ready already is seen whatever the limits say.
template <class System>
[[nodiscard]] result<void> await_any(verb operation, slice<watch> watches, const patience& limits) {
    for (;;) {
        auto ready = System::wait(watches, limits.until, limits.sleeper);
        if (!ready && ready.error() != std::errc::interrupted) return failure(ready.error().during(operation));
        if (ready && *ready > 0) return {};
        if (auto still = check<System>(operation, limits); !still) return still;
    }
}

// Sleeps for a span, or less: until the limits end it.
template <class System>
void doze(timeline::duration span, const patience& limits) {
    (void)System::wait({}, detail::least(System::now() + span, limits.until), limits.sleeper);
}

// Sleeps until a moment, whatever signals come, or tells why not.
template <class System>
[[nodiscard]] result<void> sleep_until(instant moment, const patience& limits) {
    while (System::now() < moment) {
        if (auto still = check<System>(verb::wait, limits); !still) return still;
        auto slept = System::wait({}, detail::least(moment, limits.until), limits.sleeper);
        if (!slept && slept.error() != std::errc::interrupted) return failure(slept.error());
    }
    return {};
}

// Sleeps before a try that has failed too often already: a handle that is ready again and again and then is not costs naps
// that grow to 16 ms, not a busy loop.
template <class System>
void nap(int misses, const patience& limits) {
    if (misses > 2) doze<System>(std::chrono::milliseconds(1 << detail::least(misses - 3, 4)), limits);
}

// What to do about a try that failed: waits until another one makes sense, or gives the final error.
// Out of line, so that the way of success stays short. `misses` counts how often the handle was ready and then was not; it is
// negative once there is nothing to come.
template <class System>
[[nodiscard, gnu::noinline, gnu::cold]] result<void> prepare_next(int& misses, error cause, verb operation, handle target,
                                                                  interest awaited, const patience& limits) {
    if (cause == std::errc::interrupted) return check<System>(operation, limits);
    if (cause != std::errc::resource_unavailable_try_again) return failure(cause.during(operation));
    // Datagram sockets and local acceptors say it no other way that they have been shut down.
    if (misses < 0) return failure(operation, condition::cancelled);
    nap<System>(++misses, limits);
    bool ended = false;
    auto ready = await<System>(operation, target, awaited, limits, &ended);
    if (ended) misses = -1;
    return ready;
}

// Carries out `attempt(waiting)`, the bare blocking call, until it succeeds or fails for good.
// Attempt and target are looked at anew for each try, so nothing is kept for a second one while the first goes well.
template <class System, class Attempt>
[[nodiscard]] inline auto persist(verb operation, const handle& target, interest awaited, Attempt attempt) {
    for (int misses = 0;;) {
        auto outcome = attempt(waiting::yes);
        if (outcome) [[likely]] return outcome;
        auto next = prepare_next<System>(misses, outcome.error(), operation, target, awaited, {});
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
    for (int misses = 0; !outcome; outcome = attempt(waiting::no)) {
        auto next = prepare_next<System>(misses, outcome.error(), operation, target, awaited, settled);
        if (!next) return decltype(outcome)(failure(next.error()));
    }
    return outcome;
}

}  // namespace os

}  // namespace plumb
