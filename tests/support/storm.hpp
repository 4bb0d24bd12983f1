// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/os/atomic.hpp>

#include <csignal>
#include <sys/time.h>

// A thousand signals a second, each of which interrupts the call that it hits; with SA_RESTART those that the kernel takes up again
// by itself go on (signal(7), "Interruption of system calls").

namespace support {

class storm {
public:
    explicit storm(int flags = 0) {
        count_.store(0);
        struct sigaction quiet {};
        quiet.sa_flags = flags;
        quiet.sa_handler = [](int) { count_.add(1); };
        ::sigaction(SIGALRM, &quiet, &before_);
        itimerval each{{0, 1000}, {0, 1000}};
        ::setitimer(ITIMER_REAL, &each, nullptr);
    }
    storm(const storm&) = delete;
    ~storm() {
        itimerval none{};
        ::setitimer(ITIMER_REAL, &none, nullptr);
        ::sigaction(SIGALRM, &before_, nullptr);
    }
    // How many signals have been handled.
    [[nodiscard]] static int count() { return count_.load(); }

private:
    static inline plumb::os::atomic<int> count_{0};    // of whichever thread is hit
    struct sigaction before_;
};

}  // namespace support
