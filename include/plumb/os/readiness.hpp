// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/os/poll_set.hpp>
#if defined(PLUMB_OS_LINUX)
#include <plumb/os/linux/epoll.hpp>
#endif

// The ways that this system has to wait for many handles at once, the best first. Each is a class:
//   name                              what it is called
//   tells_edges                       true: an added handle is reported whenever it becomes ready, once; false: what is asked for is
//   reads, writes, stays              the events that mean: a read may succeed, a write may, and reads go on though one came
//                                     back short
//   usual                             the events that are told most often, of a handle that can be read
//   unknown                           the events that mean that the handle is none
//   open() -> answer<Source>
//   add(handle, token)                begins to know a handle
//   remove(handle, place)             forgets it; before it is closed
//   ask(handle, token, interest, place)    has it reported when it is ready, or if it is; `place` is the set's to keep
//   wait(until, tell)                 waits, then calls tell(token, events) for each that is ready
//   native_handle()                   readable when wait would find something, or none

namespace plumb::inline v0_1::os {

template <class...>
struct type_list {};

#if defined(PLUMB_OS_LINUX)
using readiness_sources = type_list<epoll_set, poll_set>;
#else
using readiness_sources = type_list<poll_set>;
#endif

}  // namespace plumb::os
