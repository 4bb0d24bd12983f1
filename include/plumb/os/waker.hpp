// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/os/answer.hpp>
#include <plumb/os/atomic.hpp>
#include <plumb/os/handle.hpp>

// What ends a wait from outside: once woken, it stays awake, and every wait on it returns at once, until it is reset.
//   wake()         wakes every waiter, now and later. Threads: from any, and from a signal handler.
//   is_awake()     whether it has been woken
//   reset()        falls asleep again. Whoever wakes to tell something tells it before wake(); whoever resets looks for it
//                  after reset(): then nothing is lost, and a wait may end once too often. Threads: the one that waits.
//   open()         the handle to wait on beside others, readable once awake; made when first asked for, so that a waker
//                  that nobody waits on costs no descriptor. Errors: too_many_files_open.
//   ~waker()       nobody may be waiting on it any more

#if defined(PLUMB_OS_WINDOWS)
#include <plumb/os/windows/waker.hpp>
#else
#include <plumb/os/posix/waker.hpp>
#endif
