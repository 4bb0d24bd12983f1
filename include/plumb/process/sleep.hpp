// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/os/persist.hpp>

// Sleep on the kernel's steady clock. A protocol has its own on its tag (tcp::sleep_for), which may be a simulated one.

namespace plumb::inline v0_1 {

// Sleeps until a moment (os::native::now() is this one); signals do not cut it short.
// Errors: condition::timed_out and condition::cancelled when limits ended it before.
// Calls: ppoll · select.
[[nodiscard]] result<void> sleep_until(instant moment, const limit auto&... limits) {
    return os::sleep_until<os::native>(moment, os::patience_of<os::native>(limits...));
}

// Sleeps for some time; the same.
template <class Rep, class Period>
[[nodiscard]] result<void> sleep_for(std::chrono::duration<Rep, Period> span, const limit auto&... limits) {
    return sleep_until(within(span).starting(os::native::now()), limits...);
}

}  // namespace plumb
