// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/os/platform.hpp>

// Signals as values: held back, and read one after the other. POSIX alone.
//   block_signals        holds signals back in this thread for a while; unblock_signals lets them through
//   signal_reader        reads them as they come
//   wait_for_signal      waits for one
// A signal that is held back stays pending until the thread lets it through, reads it or waits for it. There is no queue: one
// that comes again while it is pending is the same one (real-time signals alone are queued). A signal to the process goes to
// any thread that does not hold it back; so that none but the reader gets it, hold it back before the other threads are
// started, which inherit that. The library's own threads hold every signal back.

#if !defined(PLUMB_OS_WINDOWS)
#include <plumb/os/posix/signal_reader.hpp>
#endif
