// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/os/answer.hpp>
#include <plumb/os/windows/failure.hpp>

// How sockets come to be on Windows. All of ours are non-blocking from birth: there is no flag for a single call that
// must not wait, and a poll before it would not do, since another thread may take what was there. Calls that may wait try
// first, then wait in select, and try again.

namespace plumb::inline v0_1::os {

// Starts Winsock when first called. It is never ended: threads of others may use it until the process ends.
inline void start_winsock() noexcept {
    static const auto outcome = [] {
        WSADATA about;
        return ::WSAStartup(MAKEWORD(2, 2), &about);
    }();
    (void)outcome;    // where it failed, so does every call after it: not initialised
}

// Makes a socket answer at once, for everybody who has it.
// Calls: ioctlsocket(FIONBIO).
inline bool set_blocking(handle socket, bool blocking) noexcept {
    u_long non_blocking = !blocking;
    return ::ioctlsocket(socket, static_cast<long>(FIONBIO), &non_blocking) == 0;
}

inline void close_socket(handle socket) noexcept {
    if (::closesocket(socket) == 0 || ::GetLastError() != WSAEWOULDBLOCK) return;
    set_blocking(socket, true);    // it is to linger: only a blocking socket can wait for that, and it is still open
    ::closesocket(socket);
}

// A socket of ours: non-blocking, never inherited.
// Calls: WSASocket, ioctlsocket.
[[nodiscard]] inline answer<handle> open_socket(verb operation, int family, int type, int number,
                                                WSAPROTOCOL_INFOW* shared = nullptr) noexcept {
    start_winsock();
    auto made = ::WSASocketW(family, type, number, shared, 0, WSA_FLAG_OVERLAPPED | WSA_FLAG_NO_HANDLE_INHERIT);
    if (made == INVALID_SOCKET) return failure(last_error(operation));
    if (set_blocking(made, false)) return made;
    auto cause = last_error(operation);
    close_socket(made);
    return failure(cause);
}

// Binds a socket to a free port of 127.0.0.1 that nobody else can take, and tells its address.
[[nodiscard]] inline answer<sockaddr_in> bind_to_loopback(verb operation, handle socket) noexcept {
    const BOOL alone = TRUE;
    ::setsockopt(socket, SOL_SOCKET, SO_EXCLUSIVEADDRUSE, reinterpret_cast<const char*>(&alone), sizeof alone);
    sockaddr_in own{};
    own.sin_family = AF_INET;
    own.sin_addr.s_addr = ::htonl(INADDR_LOOPBACK);
    int size = sizeof own;
    auto generic = reinterpret_cast<sockaddr*>(&own);
    if (::bind(socket, generic, size) != 0 || ::getsockname(socket, generic, &size) != 0)
        return failure(last_error(operation));
    return own;
}

}  // namespace plumb::os
