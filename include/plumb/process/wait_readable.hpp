// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/os/persist.hpp>

// One wait for several things: what a small program needs that has no loop.

namespace plumb::inline v0_1 {

// Waits until one of some handles has something to read, or has ended, and says which, the first of them in their order.
//     auto which = wait_readable({signals.native_handle(), ticking.native_handle()});
// Errors: bad_file_descriptor; condition::timed_out and condition::cancelled by the limits.
// Calls: ppoll · select, which waits for sockets alone.
template <std::size_t Count>
[[nodiscard]] result<std::size_t> wait_readable(const os::handle (&handles)[Count], const limit auto&... limits) {
    os::watch watches[Count];
    for (std::size_t i = 0; i < Count; ++i) watches[i].target = handles[i];
    auto ready = os::await_any<os::native>(verb::wait, watches, os::patience_of<os::native>(limits...));
    if (!ready) return failure(ready.error());
    std::size_t first = 0;
    while (!watches[first].ready) ++first;
    return first;
}

}  // namespace plumb
