// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/core/least.hpp>
#include <plumb/os/poll.hpp>
#include <plumb/os/windows/winsock.hpp>

namespace plumb::inline v0_1::os {

using polled = WSAPOLLFD;

inline constexpr bool polls_everything = false;

inline constexpr std::uint32_t poll_reads = POLLRDNORM | POLLRDBAND | POLLHUP | POLLERR | POLLNVAL;
inline constexpr std::uint32_t poll_writes = POLLWRNORM | POLLHUP | POLLERR | POLLNVAL;
inline constexpr std::uint32_t poll_usual = POLLRDNORM;
inline constexpr std::uint32_t poll_unknown = POLLNVAL;

[[nodiscard]] constexpr int poll_events(interest awaited) noexcept {
    return awaited == interest::readable ? POLLRDNORM : POLLWRNORM;
}

// Calls: WSAPoll; Sleep where there is no handle, which WSAPoll refuses.
[[nodiscard]] inline answer<int> native_poll(slice<polled> handles, instant until) noexcept {
    auto left = until == forever || until <= instant() ? timeline::duration::zero()
                                                       : detail::greatest(until - native_clock::now(), timeline::duration::zero());
    constexpr auto most = std::chrono::milliseconds(0x7fff'ffff);
    auto span = static_cast<INT>(detail::least(std::chrono::ceil<std::chrono::milliseconds>(left), most).count());
    if (handles.empty()) return ::Sleep(until == forever ? INFINITE : static_cast<DWORD>(span)), 0;
    auto count = ::WSAPoll(handles.data(), static_cast<ULONG>(handles.size()), until == forever ? -1 : span);
    if (count == SOCKET_ERROR) return failure(last_error(verb::wait));
    return count;
}

}  // namespace plumb::os
