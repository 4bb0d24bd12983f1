// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/os/posix/failure.hpp>
#include <plumb/os/waker.hpp>

#include <sys/eventfd.h>
#include <unistd.h>

namespace plumb::inline v0_1::os {

// Calls: eventfd, write; read to reset.
class waker {
public:
    waker() = default;
    waker(const waker&) = delete;
    ~waker() {
        if (auto made = event_.load(); made != none) ::close(made);
    }

    void wake() noexcept {
        if (awake_.exchange(true)) return;
        if (auto made = event_.load(); made != none) signal(made);
    }

    void reset() noexcept {
        if (eventfd_t count; event_.load() != none) (void)::eventfd_read(event_.load(), &count);
        awake_.store(false);
    }

    [[nodiscard]] bool is_awake() const noexcept { return awake_.load(); }

    [[nodiscard]] result<handle> open() {
        auto made = event_.load();
        if (made != none) return made;
        auto mine = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
        if (mine == none) return failure(last_error(verb::wait));
        if (!event_.compare_exchange(made, mine)) {
            ::close(mine);
            return made;
        }
        if (awake_.load()) signal(mine);    // woken before there was something to signal
        return mine;
    }

private:
    static void signal(handle event) noexcept {
        auto saved = errno;
        ::eventfd_write(event, 1);
        errno = saved;
    }

    atomic<bool> awake_{false};
    atomic<handle> event_{none};
};

}  // namespace plumb::os
