// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/core/least.hpp>
#include <plumb/os/clock.hpp>
#include <plumb/os/windows/failure.hpp>

namespace plumb::inline v0_1::os {

// From now until a moment, rounded up as Sleep and its kin count; INFINITE where there is no such moment.
[[nodiscard]] DWORD milliseconds_until(instant moment) noexcept;

struct native_clock {
    // Calls: QueryPerformanceCounter.
    [[nodiscard]] static instant now() noexcept {
        static const auto frequency = [] {    // fixed at boot, mostly 10 MHz
            LARGE_INTEGER ticks_per_second;
            ::QueryPerformanceFrequency(&ticks_per_second);
            return ticks_per_second.QuadPart;
        }();
        LARGE_INTEGER ticks;
        ::QueryPerformanceCounter(&ticks);
        auto seconds = ticks.QuadPart / frequency, rest = ticks.QuadPart % frequency;    // no product overflows
        return instant(std::chrono::seconds(seconds) + std::chrono::nanoseconds(rest * 1'000'000'000 / frequency));
    }
    // Calls: Sleep, whose step is the system's timer: up to 16 ms.
    static void sleep_until(instant moment) { ::Sleep(milliseconds_until(moment)); }
};

inline DWORD milliseconds_until(instant moment) noexcept {
    if (moment == (instant::max)()) return INFINITE;
    auto left = std::chrono::ceil<std::chrono::milliseconds>(moment - detail::least(moment, native_clock::now())).count();
    return static_cast<DWORD>(detail::least(left, INFINITE - 1));
}

struct native_random {
    // Calls: RtlGenRandom.
    [[nodiscard]] static result<void> random(mutable_bytes into) {
        constexpr std::size_t most = 1 << 30;
        while (!into.empty()) {
            auto step = into.first(detail::least(into.size(), most));
            if (!::SystemFunction036(step.data(), static_cast<ULONG>(step.size()))) return failure(verb::random, std::errc::io_error);
            into = into.subspan(step.size());
        }
        return {};
    }
};

}  // namespace plumb::os
