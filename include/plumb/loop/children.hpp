// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/loop/readiness.hpp>
#include <plumb/process/process.hpp>
#include <plumb/process/signals.hpp>

// Waiting in a loop for what happens to a program: co_await loop.wait(child), loop.wait(signals). Absent where a loop can wait for
// sockets alone.

namespace plumb::inline v0_1 {

// Waits until a child has ended and says how, as process::wait does.
// Errors: as process::wait. Cost: two allocations. Calls: waitid, epoll_ctl; without a pidfd waitid between naps of up to 32 ms.
template <std::same_as<process> Child, limit... Limits>
    requires(os::polls_everything)
[[nodiscard]] task<result<process_status>> wait_in(loop& in, Child& child, Limits... limits) {
    const auto settled = os::patience_of<os::native>(limits...);
    for (auto nap = std::chrono::milliseconds(1);; nap = detail::least(2 * nap, std::chrono::milliseconds(32))) {
        auto told = child.try_wait();
        if (!told) co_return failure(told.error());
        if (*told) co_return **told;
        result<void> turn;
        if (child.watched() != os::none) turn = co_await in.wait(child.watched(), interest::readable, settled);
        else turn = co_await detail::doze(in.state(), nap, settled);
        if (turn && child.watched() == os::none) turn = os::check<os::native>(verb::wait, settled);
        if (!turn) co_return failure(turn.error());
    }
}

// Waits until signals have come that a handler is to be called for, calls it, and says which they were.
// Errors: condition::timed_out and condition::cancelled by the limits. Cost: two allocations. Calls: epoll_ctl twice.
template <class Function, limit... Limits>
    requires(os::polls_everything)
[[nodiscard]] task<result<signal_set>> wait_in(loop& in, signal_handler<Function>& handler, Limits... limits) {
    const auto settled = os::patience_of<os::native>(limits...);
    for (;;) {
        if (auto came = handler.dispatch(); !came.empty()) co_return came;
        auto ready = co_await in.wait(handler.native_handle(), interest::readable, settled);
        if (!ready) co_return failure(ready.error().during(verb::signal));
    }
}

// Waits for the next signal that a reader reads.
// Errors: condition::timed_out and condition::cancelled by the limits. Cost: two allocations. Calls: read, epoll_ctl twice.
template <class Reader, limit... Limits>
    requires(os::polls_everything && requires(Reader& reader) { reader.read(patience{}).value().number; })
[[nodiscard]] auto wait_in(loop& in, Reader& reader, Limits... limits) -> task<decltype(reader.read())> {
    const auto settled = os::patience_of<os::native>(limits...);
    for (;;) {
        auto came = reader.read(patience{instant()});
        if (came || came.error() != condition::timed_out) co_return came;
        auto ready = co_await in.wait(reader.native_handle(), interest::readable, settled);
        if (!ready) co_return failure(ready.error().during(verb::signal));
    }
}

}  // namespace plumb
