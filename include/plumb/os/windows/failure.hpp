// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/core/result.hpp>
#include <plumb/os/handle.hpp>
#include <plumb/os/windows/api.hpp>

// What GetLastError says, as an error of ours. WSAGetLastError gives the same number.

namespace plumb::inline v0_1::os {

// A number of Windows as an error.
[[nodiscard]] constexpr error windows_error(verb operation, unsigned long number) noexcept {
    return {operation, error_domain::windows, static_cast<std::uint16_t>(number)};
}

// The error of the system call that has just failed.
[[nodiscard]] inline error last_error(verb operation) noexcept { return windows_error(operation, ::GetLastError()); }

// The error of a call on a socket. Winsock says "not a socket" of handles that name nothing, too: the kernel can tell.
[[nodiscard]] inline error socket_error(verb operation, handle socket) noexcept {
    auto number = ::GetLastError();
    DWORD flags;
    if (number == WSAENOTSOCK && (socket == none || !::GetHandleInformation(reinterpret_cast<HANDLE>(socket), &flags)))
        number = ERROR_INVALID_HANDLE;
    if (number == ERROR_OPERATION_ABORTED) number = WSAEINTR;    // a shutdown has woken it: it tries again, and is told
    return windows_error(operation, number);
}

// The outcome of a file's call that gives FALSE when it fails.
[[nodiscard]] inline result<void> done_or_error(verb operation, BOOL done) noexcept {
    if (!done) return failure(last_error(operation));
    return {};
}

}  // namespace plumb::os
