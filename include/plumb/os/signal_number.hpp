// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/core/result.hpp>
#include <plumb/os/platform.hpp>

#include <string>

// The signals by name, those that a system has; on Windows they are what a console tells its programs.
//   signal_number           with the numbers that the system gives them
//   to_string(number)       "SIGINT", "SIGRTMIN+3", "signal 99"
//   real_time_signal(n)     the nth signal that has no meaning of its own and is queued, from 0. POSIX alone.
//                           Errors: invalid_argument when there are fewer.

#if defined(PLUMB_OS_WINDOWS)
#include <plumb/os/windows/signal_number.hpp>
#else
#include <plumb/os/posix/signal_number.hpp>
#endif
