// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/os/waker.hpp>
#include <plumb/os/windows/winsock.hpp>

namespace plumb::inline v0_1::os {

// A UDP socket that is connected to itself: select waits for nothing but sockets, and no stranger's datagram gets in.
// Calls: WSASocket, bind, getsockname, connect, send.
class waker {
public:
    waker() = default;
    waker(const waker&) = delete;
    ~waker() {
        if (auto made = event_.load(); made != none) close_socket(made);
    }

    void wake() noexcept {
        if (awake_.exchange(true)) return;
        if (auto made = event_.load(); made != none) signal(made);
    }

    [[nodiscard]] bool is_awake() const noexcept { return awake_.load(); }

    [[nodiscard]] result<handle> open() {
        auto made = event_.load();
        if (made != none) return made;
        auto mine = open_echo();
        if (!mine) return mine;
        if (!event_.compare_exchange(made, *mine)) {
            close_socket(*mine);
            return made;
        }
        if (awake_.load()) signal(*mine);    // woken before there was something to signal
        return mine;
    }

private:
    [[nodiscard]] static result<handle> open_echo() noexcept {
        auto mine = open_socket(verb::wait, AF_INET, SOCK_DGRAM, IPPROTO_UDP);
        if (!mine) return mine;
        auto own = bind_to_loopback(verb::wait, *mine);
        if (own && ::connect(*mine, reinterpret_cast<const sockaddr*>(&*own), sizeof *own) != 0)
            own = failure(last_error(verb::wait));
        if (own) return mine;
        close_socket(*mine);
        return failure(own.error());
    }

    static void signal(handle event) noexcept {
        auto saved = ::GetLastError();
        ::send(event, "", 1, 0);
        ::SetLastError(saved);
    }

    atomic<bool> awake_{false};
    atomic<handle> event_{none};
};

}  // namespace plumb::os
