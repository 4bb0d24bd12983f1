// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/os/persist.hpp>

#include <cstdint>

// What goes off at a moment of the steady clock, and from then on every so often.
//   timer::start(first, every)    an every of zero: only that once
//   wait(limits...)               waits until it has gone off since the last time, and says how often it has
//   native_handle()               readable once it has gone off; POSIX alone
//   close()  is_open()

#if defined(PLUMB_OS_WINDOWS)
#include <plumb/os/windows/timer.hpp>
#else
#include <plumb/os/posix/timer.hpp>
#endif
