// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/os/poll.hpp>
#include <plumb/os/posix/clock.hpp>

#include <poll.h>

namespace plumb::inline v0_1::os {

using polled = pollfd;

inline constexpr bool polls_everything = true;

inline constexpr std::uint32_t poll_reads = POLLIN | POLLRDHUP | POLLHUP | POLLERR | POLLNVAL;
inline constexpr std::uint32_t poll_writes = POLLOUT | POLLHUP | POLLERR | POLLNVAL;
inline constexpr std::uint32_t poll_usual = POLLIN;
inline constexpr std::uint32_t poll_unknown = POLLNVAL;

[[nodiscard]] constexpr int poll_events(interest awaited) noexcept {
    return awaited == interest::readable ? POLLIN | POLLRDHUP : POLLOUT;
}

// Calls: ppoll.
[[nodiscard]] inline answer<int> native_poll(slice<polled> handles, instant until) noexcept {
    auto span = timespec{};
    if (until != forever && until > instant()) span = to_timespec(detail::greatest(until - native_clock::now(), timeline::duration::zero()));
    auto count = ::ppoll(handles.data(), handles.size(), until == forever ? nullptr : &span, nullptr);
    if (count == -1) return failure(last_error(verb::wait));
    return count;
}

}  // namespace plumb::os
