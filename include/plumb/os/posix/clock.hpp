// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/os/clock.hpp>
#include <plumb/os/posix/failure.hpp>

#include <ctime>
#include <sys/random.h>

namespace plumb::inline v0_1::os {

// A moment as the kernel takes it. Saturates at what a timespec can say.
[[nodiscard]] inline timespec to_timespec(timeline::duration span) noexcept {
    auto seconds = std::chrono::duration_cast<std::chrono::seconds>(span);
    constexpr auto most = std::chrono::seconds(sizeof(std::time_t) > 4 ? (std::chrono::seconds::max)().count() : 0x7fff'ffff);
    if (seconds > most) seconds = most;
    return {static_cast<std::time_t>(seconds.count()), static_cast<long>((span % std::chrono::seconds(1)).count())};
}

struct native_clock {
    // Calls: clock_gettime(CLOCK_MONOTONIC).
    [[nodiscard]] static instant now() noexcept {
        timespec at{};
        ::clock_gettime(CLOCK_MONOTONIC, &at);
        return instant(std::chrono::seconds(at.tv_sec) + std::chrono::nanoseconds(at.tv_nsec));
    }
    // Calls: clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME).
    static void sleep_until(instant moment) {
        auto at = to_timespec(moment.time_since_epoch());
        ::clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &at, nullptr);
    }
};

struct native_random {
    // Calls: getrandom.
    [[nodiscard]] static result<void> random(mutable_bytes into) {
        while (!into.empty()) {
            auto filled = ::getrandom(into.data(), into.size(), 0);
            if (filled >= 0) into = into.subspan(static_cast<std::size_t>(filled));
            else if (errno != EINTR) return failure(last_error(verb::random));
        }
        return {};
    }
};

}  // namespace plumb::os
