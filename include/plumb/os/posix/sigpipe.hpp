// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/os/atomic.hpp>
#include <plumb/os/handle.hpp>
#include <plumb/os/posix/failure.hpp>

#include <csignal>
#include <ctime>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

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

    // Takes away the signal that the guarded call has raised. One that somebody else has sent meanwhile comes when this goes, with
    // us as its sender.
    void swallow() noexcept {
        siginfo_t told{};
        if (was_pending_) return;
        while (take(told) == -1 && errno == EINTR) {}
        if (told.si_signo == 0 || was_raised_by_a_call(told)) return;
        told.si_code == SI_TKILL ? ::raise(SIGPIPE) : ::kill(::getpid(), SIGPIPE);
    }

private:
    // As sigtimedwait, in which glibc hides that a signal was meant for a thread.
    [[nodiscard]] long take(siginfo_t& told) const noexcept {
        constexpr std::size_t size_of_set = 8;    // the kernel's, which is smaller
        timespec at_once{};
        return ::syscall(SYS_rt_sigtimedwait, &only_, &told, &at_once, size_of_set);
    }

    // A failed write sends it as a program would that sends it to itself by kill(2): those two look alike.
    [[nodiscard]] static bool was_raised_by_a_call(const siginfo_t& told) noexcept {
        return told.si_code == SI_KERNEL || (told.si_code == SI_USER && told.si_pid == ::getpid());
    }

    sigset_t only_, before_;
    bool was_pending_;
};

// Makes a call that moves `all` bytes at most and has no flag against SIGPIPE.
// Calls: its own, between sigpending and two pthread_sigmask; rt_sigtimedwait after one that moved less than all.
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
