// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/core/result.hpp>

#include <cerrno>
#include <cstddef>
#include <sys/types.h>

// The system's errno as an error of ours, and back-to-front: -1 as a failure.

namespace plumb::inline v0_1::os {

// The error of the system call that has just failed.
[[nodiscard]] inline error last_error(verb operation, std::uint32_t detail = 0) noexcept {
    return {operation, error_domain::posix, static_cast<std::uint16_t>(errno), detail};
}

// The outcome of a call that gives -1 when it fails and nothing of interest when it does not.
[[nodiscard]] inline result<void> done_or_error(verb operation, int returned) noexcept {
    if (returned == -1) return failure(last_error(operation));
    return {};
}

// A system call's count: how many bytes, or -1 and errno.
[[nodiscard]] inline result<std::size_t> count_or_error(verb operation, ssize_t returned) noexcept {
    if (returned < 0) [[unlikely]] return failure(last_error(operation));
    return static_cast<std::size_t>(returned);
}

}  // namespace plumb::os
