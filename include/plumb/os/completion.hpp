// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/os/readiness.hpp>
#if defined(PLUMB_OS_LINUX)
#include <plumb/os/linux/uring.hpp>
#endif

// The ways that this system has to take whole calls and to tell when they have ended, the best first. Each is a class:
//   name                              what it is called
//   completion                        what is told: token, outcome() (a count or a handle), succeeded(), has_more(), and whether
//                                     has_buffer(), the number of that buffer(), and whether it shares_buffer() with what comes next
//   open() -> answer<Ring>
//   receive, send, poll(handle, ..., token)        takes one call
//   receive_on, accept_on(handle, token)           takes one that goes on, and is told of again and again
//   cancel(token), cancel_everything()             ends calls soon
//   provide(number, bytes)            gives it one of most_buffers that receive_on picks from in order; shares_buffers(): for many receives
//   enter(hoped, until)               hands over what it took, and waits for something to tell
//   has_completions(), take_completion()
//   native_handle()                   readable when there is something to tell

namespace plumb::inline v0_1::os {

#if defined(PLUMB_OS_LINUX)
using completion_rings = type_list<uring>;
#else
using completion_rings = type_list<>;
#endif

}  // namespace plumb::os
