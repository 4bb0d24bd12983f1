// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/core/bytes.hpp>
#include <plumb/core/deadline.hpp>
#include <plumb/core/result.hpp>
#include <plumb/os/platform.hpp>

#include <concepts>

// The system's steady clock and its source of randomness.

namespace plumb::inline v0_1::os {

// What tells the time and sleeps.
//   now()             the moment on the system's steady clock; never goes back
//   sleep_until(at)   sleeps until then, or less when interrupted: the caller loops
template <class System>
concept time_system = requires(instant moment) {
    { System::now() } noexcept -> std::same_as<instant>;
    System::sleep_until(moment);
};

// What gives random bytes.
//   random(bytes)     fills all of them, fit for keys
template <class System>
concept random_system = requires(mutable_bytes into) {
    { System::random(into) } -> std::same_as<result<void>>;
};

}  // namespace plumb::os

#if defined(PLUMB_OS_WINDOWS)
#include <plumb/os/windows/clock.hpp>
#else
#include <plumb/os/posix/clock.hpp>
#endif
