// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/os/platform.hpp>

// The system's numbers of socket options. One that a system does not have is `no_option` there: setting or getting it is
// no_protocol_option.

namespace plumb::inline v0_1::os {

// What getsockopt and setsockopt call an option.
struct option_name {
    int level = -1;
    int name = -1;

    friend constexpr bool operator==(const option_name&, const option_name&) noexcept = default;
};

inline constexpr option_name no_option{};

}  // namespace plumb::os

#if defined(PLUMB_OS_WINDOWS)
#include <plumb/os/windows/options.hpp>
#else
#include <plumb/os/posix/options.hpp>
#endif
