// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/os/timer.hpp>

// Alarms as values: what goes off is waited for, like anything else that takes time.

namespace plumb::inline v0_1 {

// Goes off once, or every so often. It is no signal: neither SIGALRM nor the process's one alarm(2) and setitimer(2) have to do
// with it, and a program may have as many as it likes. It is never early, and runs on the steady clock, which nobody sets.
// Threads: one at a time.
//   wait(limits...) -> result<std::uint64_t>    waits until it goes off, and says how often it has since the last time: 1, or
//                                               more where that was missed. Missed ones are counted, never queued.
//                                               Errors: condition::timed_out and condition::cancelled by the limits.
//   native_handle()                             readable once it has gone off; not on Windows
//   close()                                     it goes off no more
class alarm_clock : public os::timer {
public:
    // Goes off once, after some time. Zero or less is at once, and more than time can count is never.
    // Errors: too_many_files_open. Calls: timerfd_create, timerfd_settime.
    template <class Rep, class Period>
    [[nodiscard]] static result<alarm_clock> once(std::chrono::duration<Rep, Period> span) {
        return at(within(span).starting(os::native::now()));
    }
    // Goes off once, at a moment of the kernel's clock (os::native::now() is this one).
    [[nodiscard]] static result<alarm_clock> at(instant moment) { return started(moment, timeline::duration::zero()); }

    // Goes off every so often, the first time after one interval. What each wait takes does not add up: the nth time is n
    // intervals after the start.
    // Errors: invalid_argument when the interval is zero or less; too_many_files_open.
    template <class Rep, class Period>
    [[nodiscard]] static result<alarm_clock> every(std::chrono::duration<Rep, Period> interval) {
        if (!(interval > interval.zero())) return failure(verb::alarm, std::errc::invalid_argument);
        auto limit = within(interval);
        return started(limit.starting(os::native::now()), limit.starting(instant()).time_since_epoch());
    }

private:
    explicit alarm_clock(os::timer started) noexcept : timer(std::move(started)) {}

    [[nodiscard]] static result<alarm_clock> started(instant first, timeline::duration each) {
        auto made = start(first, each);
        if (!made) return failure(made.error());
        return alarm_clock(*std::move(made));
    }
};

}  // namespace plumb
