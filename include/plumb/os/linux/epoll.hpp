// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/core/least.hpp>
#include <plumb/os/linux/mapping.hpp>
#include <plumb/os/posix/clock.hpp>
#include <plumb/os/posix/failure.hpp>
#include <plumb/os/socket.hpp>

#include <cstdint>
#include <string_view>
#include <sys/epoll.h>
#include <unistd.h>
#include <utility>

// Waiting for many handles by epoll(7).

namespace plumb::inline v0_1::os {

// Tells which handles become ready, edge-triggered and in both directions: a handle is added once, and each time that more
// can be read or written it is reported once. Costs nothing for handles where nothing happens. A child shares the kernel's
// list with the process whose set it is: there nothing is added or removed.
// Calls: epoll_create1, epoll_ctl, epoll_wait.
class epoll_set {
public:
    static constexpr std::string_view name = "epoll";
    static constexpr bool tells_edges = true;
    static constexpr std::uint32_t reads = EPOLLIN | EPOLLPRI | EPOLLRDHUP | EPOLLHUP | EPOLLERR;
    static constexpr std::uint32_t writes = EPOLLOUT | EPOLLHUP | EPOLLERR;
    static constexpr std::uint32_t usual = EPOLLIN | EPOLLOUT;    // what most events say
    // What stays to be read when a read comes back short: the end, an error, and what lies behind an urgent byte, where
    // recv stops (tcp(7), "Out-of-band data"). No further edge tells of it.
    static constexpr std::uint32_t stays = EPOLLPRI | EPOLLRDHUP | EPOLLHUP | EPOLLERR;
    static constexpr std::uint32_t unknown = 0;    // one that somebody closes leaves the set in silence
    static constexpr std::uint32_t nowhere = 0xffff'ffff;

    [[nodiscard]] static answer<epoll_set> open() {
        auto made = ::epoll_create1(EPOLL_CLOEXEC);
        if (made == none) return failure(last_error(verb::wait));
        epoll_set set(made);
        set.owner_.make();
        if (!set.owner_.is_made()) return failure(last_error(verb::wait));
        return set;
    }
    epoll_set() = default;
    epoll_set(epoll_set&& other) noexcept : epoll_(std::exchange(other.epoll_, none)), owner_(std::move(other.owner_)) {}
    ~epoll_set() {
        if (epoll_ != none) ::close(epoll_);
    }

    // Errors: operation_not_permitted for what is always ready, such as a file; file_exists; no_space_on_device (the
    // user's limit of watches, epoll(7)).
    [[nodiscard]] result<void> add(handle target, void* token) noexcept { return control(EPOLL_CTL_ADD, target, token); }
    void remove(handle target, std::uint32_t&) noexcept { (void)control(EPOLL_CTL_DEL, target, nullptr); }

    // Reports anew what the handle is ready for, though nothing has changed.
    void ask(handle target, void* token, interest, std::uint32_t&) noexcept { (void)control(EPOLL_CTL_MOD, target, token); }

    // Waits, then calls tell(token, events) for each handle that is ready.
    [[nodiscard]] result<void> wait(instant until, auto tell) {
        if (next_ == end_) {
            auto count = ::epoll_wait(epoll_, events_, most, until == forever ? -1 : to_milliseconds(until));
            if (count == -1) return errno == EINTR ? result<void>() : failure(last_error(verb::wait));
            next_ = events_;
            end_ = next_ + count;
        }
        while (next_ != end_) {    // if one of them throws, the next wait tells the others
            auto& [events, data] = *next_++;
            tell(data.ptr, events);
        }
        return {};
    }

    // Readable when some handle is ready: for another loop to wait on.
    [[nodiscard]] handle native_handle() const noexcept { return epoll_; }

private:
    static constexpr int most = 128;

    explicit epoll_set(handle made) noexcept : epoll_(made) {}

    [[nodiscard]] result<void> control(int what, handle target, void* token) noexcept {
        if (!owner_.is_ours()) return failure(verb::wait, std::errc::operation_not_permitted);
        epoll_event wanted{EPOLLIN | EPOLLOUT | EPOLLPRI | EPOLLRDHUP | EPOLLET, {.ptr = token}};
        return done_or_error(verb::wait, ::epoll_ctl(epoll_, what, target, &wanted));
    }

    // Whole milliseconds, and never too early.
    [[nodiscard]] static int to_milliseconds(instant until) noexcept {
        if (until <= instant()) return 0;
        auto left = detail::greatest(until - native_clock::now(), timeline::duration::zero());
        return static_cast<int>(detail::least(std::chrono::ceil<std::chrono::milliseconds>(left).count(), 0x7fff'ffff));
    }

    handle epoll_ = none;
    fork_mark owner_;
    epoll_event* next_ = events_;
    epoll_event* end_ = events_;
    epoll_event events_[most];
};

}  // namespace plumb::os
