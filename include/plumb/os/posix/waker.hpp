// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/os/posix/failure.hpp>
#include <plumb/os/waker.hpp>

#include <cstdint>
#include <sys/eventfd.h>
#include <unistd.h>

namespace plumb::inline v0_1::os {

// How many times over this process is a copy that process::fork has made. A copy has none of the events of its parent: they are
// closed in it, and their numbers may be something else.
inline atomic<std::uint32_t> copies{0};

// Calls: eventfd, write; read to reset.
class waker {
public:
    waker() = default;
    waker(const waker&) = delete;
    ~waker() {
        if (auto made = event_in(place_.load()); made != none) ::close(made);
    }

    void wake() noexcept {
        if (awake_.exchange(true)) return;
        if (auto made = event_in(place_.load()); made != none) signal(made);
    }

    void reset() noexcept {
        eventfd_t count;
        if (auto made = event_in(place_.load()); made != none) (void)::eventfd_read(made, &count);
        awake_.store(false);
    }

    [[nodiscard]] bool is_awake() const noexcept { return awake_.load(); }

    [[nodiscard]] answer<handle> open() {
        auto place = place_.load();
        if (auto made = event_in(place); made != none) return made;
        auto mine = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
        if (mine == none) return failure(last_error(verb::wait));
        if (!place_.compare_exchange(place, place_of(mine))) {
            ::close(mine);
            return event_in(place);
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

    // An event, and in which copy of the program it is one. Zero is none.
    [[nodiscard]] static std::uint64_t place_of(handle event) noexcept {
        return std::uint64_t{copies.load()} << 32 | static_cast<std::uint32_t>(event + 1);
    }
    [[nodiscard]] static handle event_in(std::uint64_t place) noexcept {
        return place >> 32 == copies.load() ? static_cast<handle>(static_cast<std::uint32_t>(place)) - 1 : none;
    }

    atomic<bool> awake_{false};
    atomic<std::uint64_t> place_{0};
};

}  // namespace plumb::os
