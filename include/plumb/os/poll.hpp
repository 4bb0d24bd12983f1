// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/os/answer.hpp>
#include <plumb/os/clock.hpp>
#include <plumb/os/handle.hpp>
#include <plumb/os/socket.hpp>

#include <cstdint>

// Waiting for many handles by poll(2), which every system has in some form.
//   polled                     the system's pollfd: .fd, .events, .revents
//   polls_everything           whether it waits for whatever has a handle, and not for sockets alone
//   poll_events(interest)      the events that an interest asks for
//   poll_reads, poll_writes    the events that end a wait for reading, for writing: errors and ends count as both
//   poll_usual                 the event that most waits for reading end by
//   poll_unknown               the event that says that a handle is none, such as one that somebody has closed
//   native_poll(slice, until)  waits for one of them, no longer than until the moment; may return early

#if defined(PLUMB_OS_WINDOWS)
#include <plumb/os/windows/poll.hpp>
#else
#include <plumb/os/posix/poll.hpp>
#endif
