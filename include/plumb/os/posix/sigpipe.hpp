// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/os/platform.hpp>

#include <cerrno>
#include <csignal>
#include <ctime>

// Calls that have no flag against SIGPIPE are made with the signal held back in this thread alone. The process's own
// setting is never touched, and a SIGPIPE that was pending before stays pending.

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

}  // namespace plumb::os
