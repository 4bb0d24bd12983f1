// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/core/version.hpp>

#include <string_view>

// What an event loop can stand on.

namespace plumb::inline v0_1 {

// How a loop waits for many things at once: the best that the system allows, or one by its name.
enum class driver : unsigned char {
    automatic,
    uring,    // Linux 6.1 and later: whole operations are handed over, all of a turn at once
    epoll,    // Linux: told of changes, costs nothing for handles where nothing happens
    poll,     // everywhere: looks at every handle for each wait
};

[[nodiscard]] constexpr std::string_view name_of(driver which) noexcept {
    constexpr std::string_view names[] = {"auto", "uring", "epoll", "poll"};
    return names[static_cast<unsigned char>(which)];
}

}  // namespace plumb
