// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/os/atomic.hpp>
#include <plumb/os/handle.hpp>
#include <plumb/os/posix/failure.hpp>

#include <csignal>
#include <ctime>
#include <sys/uio.h>

// Writing to what is no socket without SIGPIPE. Calls that have no flag against it are made with the signal held back in this
// thread alone. The process's own setting is never touched, and a SIGPIPE that was pending before stays pending.

namespace plumb::inline v0_1::os {

// Holds SIGPIPE back in this thread while it lives.
class sigpipe_guard {
public:
    sigpipe_guard() noexcept {
        sigset_t pending;
        ::sigpending(&pending);
        was_pending_ = ::sigismember(&pending, SIGPIPE) == 1;
        ::sigemptyset(&only_);
        ::sigaddset(&only_, SIGPIPE);
        ::pthread_sigmask(SIG_BLOCK, &only_, &before_);
    }
    sigpipe_guard(const sigpipe_guard&) = delete;
    ~sigpipe_guard() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

    // Takes away the signal that the guarded call has raised.
    void swallow() noexcept {
        timespec at_once{};
        if (!was_pending_) while (::sigtimedwait(&only_, nullptr, &at_once) == -1 && errno == EINTR) {}
    }

private:
    sigset_t only_, before_;
    bool was_pending_;
};

// Makes a call that moves `all` bytes at most and has no flag against SIGPIPE.
// Calls: its own, between sigpending and two pthread_sigmask; sigtimedwait after one that moved less than all.
[[nodiscard]] inline result<std::size_t> without_sigpipe(verb operation, std::size_t all, auto call) noexcept {
    sigpipe_guard held_back;
    auto moved = count_or_error(operation, call());
    if (!moved || *moved < all) held_back.swallow();    // it is raised after a part was moved, too
    return moved;
}

// Writes by the one call that has a flag against SIGPIPE. Kernels before 6.18 answer EOPNOTSUPP.
// Calls: pwritev2(RWF_NOSIGNAL).
[[nodiscard]] inline ssize_t write_quietly(handle to, const iovec* list, int size, int flags = 0) {
    constexpr int no_signal = 0x100;    // RWF_NOSIGNAL
    return ::pwritev2(to, list, size, -1, no_signal | flags);
}

// Whether that flag is worth a try: until a pipe or a plain file has refused it, which know it if the kernel does.
inline constinit atomic<bool> has_quiet_write{true};

}  // namespace plumb::os
