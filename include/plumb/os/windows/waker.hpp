// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/os/waker.hpp>
#include <plumb/os/windows/winsock.hpp>

namespace plumb::inline v0_1::os {

// For select, which waits for nothing but sockets, a UDP socket that is connected to itself: no stranger's datagram gets in.
// For the waits of everything else an event. Each is made when first asked for.
// Calls: WSASocket, bind, getsockname, connect, send · CreateEvent, SetEvent; to reset recv · ResetEvent.
class waker {
public:
    waker() = default;
    waker(const waker&) = delete;
    ~waker() {
        if (auto made = socket_.load(); made != none) close_socket(made);
        if (auto made = event_.load(); made != none) close_event(made);
    }

    void wake() noexcept {
        if (awake_.exchange(true)) return;
        if (auto made = socket_.load(); made != none) signal_socket(made);
        if (auto made = event_.load(); made != none) signal_event(made);
    }

    void reset() noexcept {
        if (auto made = socket_.load(); made != none)
            for (char told; ::recv(made, &told, 1, 0) > 0;) {}
        if (auto made = event_.load(); made != none) ::ResetEvent(reinterpret_cast<HANDLE>(made));
        awake_.store(false);
    }

    [[nodiscard]] bool is_awake() const noexcept { return awake_.load(); }

    [[nodiscard]] answer<handle> open() { return open(socket_, open_echo, signal_socket, close_socket); }

    // The same as an event, for WaitForMultipleObjects.
    [[nodiscard]] answer<handle> open_event() { return open(event_, make_event, signal_event, close_event); }

private:
    [[nodiscard]] answer<handle> open(atomic<handle>& place, auto make, auto signal, auto discard) {
        auto made = place.load();
        if (made != none) return made;
        auto mine = make();
        if (!mine) return mine;
        if (!place.compare_exchange(made, *mine)) {
            discard(*mine);
            return made;
        }
        if (awake_.load()) signal(*mine);    // woken before there was something to signal
        return mine;
    }

    [[nodiscard]] static answer<handle> open_echo() noexcept {
        auto mine = open_socket(verb::wait, AF_INET, SOCK_DGRAM, IPPROTO_UDP);
        if (!mine) return mine;
        auto own = bind_to_loopback(verb::wait, *mine);
        if (own && ::connect(*mine, reinterpret_cast<const sockaddr*>(&*own), sizeof *own) != 0)
            own = failure(last_error(verb::wait));
        if (own) return mine;
        close_socket(*mine);
        return failure(own.error());
    }

    static void signal_socket(handle socket) noexcept {
        auto saved = ::GetLastError();
        ::send(socket, "", 1, 0);
        ::SetLastError(saved);
    }

    [[nodiscard]] static answer<handle> make_event() noexcept {
        auto made = ::CreateEventW(nullptr, TRUE, FALSE, nullptr);
        if (!made) return failure(last_error(verb::wait));
        return reinterpret_cast<handle>(made);
    }
    static void signal_event(handle event) noexcept { ::SetEvent(reinterpret_cast<HANDLE>(event)); }
    static void close_event(handle event) noexcept { ::CloseHandle(reinterpret_cast<HANDLE>(event)); }

    atomic<bool> awake_{false};
    atomic<handle> socket_{none}, event_{none};
};

}  // namespace plumb::os
