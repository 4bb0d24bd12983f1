// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/core/version.hpp>

#include <compare>
#include <shared_mutex>    // brings std::chrono's durations; <chrono> itself has calendars and text streams, and costs four times as much

// How long an operation may wait. Time has no now() of its own here: the system that carries a call out has the clock,
// so that every wait can be moved onto a simulated one.

namespace plumb::inline v0_1 {

// The steady line that instants lie on. It has no now(): ask a protocol tag (tcp::now()).
struct timeline {
    using duration = std::chrono::nanoseconds;
    using rep = duration::rep;
    using period = duration::period;
    using time_point = std::chrono::time_point<timeline, duration>;
    static constexpr bool is_steady = true;
};

// A moment on the steady clock of whichever system carries out the call.
using instant = timeline::time_point;

// The moment that never comes.
inline constexpr instant forever = (instant::max)();

// The latest moment at which a waiting operation may still succeed: never, at an instant, or some time from its start.
// A deadline in the past lets an operation try once and not wait.
class deadline {
public:
    constexpr deadline() = default;

    [[nodiscard]] static constexpr deadline never() noexcept { return {}; }
    [[nodiscard]] constexpr bool is_never() const noexcept { return kind_ == kind::never; }

    // The moment meant, for an operation that starts now. Saturates: the longest wait is for ever.
    [[nodiscard]] constexpr instant starting(instant now) const noexcept {
        if (kind_ == kind::never) return forever;
        if (kind_ == kind::absolute) return instant(span_);
        if (span_ <= timeline::duration::zero()) return now;
        return forever - now <= span_ ? forever : now + span_;
    }

    template <class Rep, class Period>
    friend constexpr deadline within(std::chrono::duration<Rep, Period> span) noexcept;
    friend constexpr deadline until(instant moment) noexcept;
    friend constexpr bool operator==(deadline, deadline) noexcept = default;

private:
    enum class kind : unsigned char { never, relative, absolute };
    constexpr deadline(kind what, timeline::duration span) noexcept : span_(span), kind_(what) {}

    timeline::duration span_{};
    kind kind_ = kind::never;
};

// A deadline some time after the operation starts. Longer than time can count is for ever; zero or less is at once.
template <class Rep, class Period>
[[nodiscard]] constexpr deadline within(std::chrono::duration<Rep, Period> span) noexcept {
    using wide = std::chrono::duration<long double>;
    if (wide(span) >= wide((timeline::duration::max)())) return {};
    if (!(span > span.zero())) return {deadline::kind::relative, timeline::duration::zero()};
    return {deadline::kind::relative, std::chrono::ceil<timeline::duration>(span)};
}

// A deadline at a moment that has already been fixed, such as one for several operations together.
[[nodiscard]] constexpr deadline until(instant moment) noexcept {
    if (moment == forever) return {};
    return {deadline::kind::absolute, moment.time_since_epoch()};
}

}  // namespace plumb
