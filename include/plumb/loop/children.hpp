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

namespace detail {

// What there is to tell, without waiting for it: condition::timed_out where there is nothing.
template <class Source>
    requires requires(Source& source) { source.wait(patience{}).value(); }
[[nodiscard]] auto tell_now(Source& source) { return source.wait(patience{instant()}); }
template <class Reader>
    requires requires(Reader& reader) { reader.read(patience{}).value().number; }
[[nodiscard]] auto tell_now(Reader& reader) { return reader.read(patience{instant()}); }

}  // namespace detail

// Waits for a signal, or for an alarm, and gives what the blocking wait gives: signals that have come, for each of which a handler
// was called; the next one of a reader; how often an alarm_clock has gone off.
// Errors: condition::timed_out and condition::cancelled by the limits. Cost: two allocations. Calls: read, epoll_ctl twice.
template <class Source, limit... Limits>
    requires(os::polls_everything && has_native_handle<Source> && requires(Source& source) { detail::tell_now(source); })
[[nodiscard]] auto wait_in(loop& in, Source& source, Limits... limits) -> task<decltype(detail::tell_now(source))> {
    const auto settled = os::patience_of<os::native>(limits...);
    for (;;) {
        auto told = detail::tell_now(source);
        if (told || told.error() != condition::timed_out) co_return told;
        auto ready = co_await in.wait(source.native_handle(), interest::readable, settled);
        if (!ready) co_return failure(ready.error().during(told.error().operation()));
    }
}

}  // namespace plumb
