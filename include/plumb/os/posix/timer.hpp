// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/os/owner.hpp>
#include <plumb/os/posix/clock.hpp>
#include <plumb/os/timer.hpp>

#include <sys/timerfd.h>
#include <unistd.h>

namespace plumb::inline v0_1::os {

struct native_timers {
    static void close(handle open) noexcept { ::close(open); }
};

// Calls: timerfd_create(CLOCK_MONOTONIC), timerfd_settime; to wait read and ppoll.
class timer : public owner<native_timers> {
public:
    timer() = default;
    [[nodiscard]] static answer<timer> start(instant first, timeline::duration every) {
        timer made(::timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK));
        if (!made.is_open()) return failure(last_error(verb::alarm));
        auto from_epoch = detail::greatest(first.time_since_epoch(), timeline::duration(1));    // zero would be never
        itimerspec when{to_timespec(every), to_timespec(from_epoch)};
        if (::timerfd_settime(made.handle(), TFD_TIMER_ABSTIME, &when, nullptr) == -1) return failure(last_error(verb::alarm));
        return made;
    }

    [[nodiscard]] result<std::uint64_t> wait(const limit auto&... limits) {
        auto attempt = [this](waiting) -> result<std::uint64_t> {
            std::uint64_t count;
            if (::read(handle(), &count, sizeof count) == -1) return failure(last_error(verb::alarm));
            return count;
        };
        return persist<native>(verb::alarm, handle(), interest::readable, attempt, limits...);
    }

private:
    explicit timer(os::handle made) noexcept : owner(detail::fresh{made}) {}
};

}  // namespace plumb::os
