// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/os/signal_set.hpp>

#include <csignal>
#include <sys/wait.h>
#include <unistd.h>

// What this process does about signals, as the system tells it, and signals from outside.

namespace support {

[[nodiscard]] inline int native(plumb::signal_number number) { return static_cast<int>(number); }

[[nodiscard]] inline struct sigaction action_of(plumb::signal_number number) {
    struct sigaction now {};
    ::sigaction(native(number), nullptr, &now);
    return now;
}

[[nodiscard]] inline bool is_in(const sigset_t& set, int number) { return ::sigismember(&set, number) == 1; }

// Whether two actions are the same: handler, flags and every member of the mask.
[[nodiscard]] inline bool same(const struct sigaction& one, const struct sigaction& other) {
    for (int number = 1; number <= 64; ++number)
        if (is_in(one.sa_mask, number) != is_in(other.sa_mask, number)) return false;
    return one.sa_handler == other.sa_handler && one.sa_flags == other.sa_flags;
}

[[nodiscard]] inline bool is_blocked(plumb::signal_number number) {
    sigset_t mask;
    ::pthread_sigmask(SIG_SETMASK, nullptr, &mask);
    return is_in(mask, native(number));
}

[[nodiscard]] inline bool is_pending(plumb::signal_number number) {
    sigset_t pending;
    ::sigpending(&pending);
    return is_in(pending, native(number));
}

// Has another process send this one a signal, and gives the number of that process, which has ended.
inline int send_from_outside(plumb::signal_number number) {
    auto us = ::getpid();
    auto sender = ::fork();
    if (sender == 0) {
        ::kill(us, native(number));
        ::_exit(0);
    }
    ::waitpid(sender, nullptr, 0);
    return sender;
}

}  // namespace support
