// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/os/posix/failure.hpp>
#include <plumb/os/posix/sigpipe.hpp>
#include <plumb/os/socket.hpp>
#include <plumb/os/transfer.hpp>

#include <fcntl.h>
#include <poll.h>
#include <sys/sendfile.h>
#include <unistd.h>

namespace plumb::inline v0_1::os {

struct native_transfers {
    // The kernel joins a pipe with anything and a file with anything but what it comes from. Into a socket it waits for room, and
    // no flag keeps it from that.
    [[nodiscard]] static constexpr bool transfers(handle_kind from, handle_kind to, waiting waits) noexcept {
        if (to == handle_kind::socket && waits == waiting::no) return false;
        return from != handle_kind::socket || to == handle_kind::pipe;
    }

    // Calls: splice where either is a pipe; from a file sendfile, and into another copy_file_range.
    template <handle_kind From, handle_kind To>
    [[nodiscard]] static result<std::size_t> transfer(handle from, handle to, std::size_t most, waiting waits) noexcept {
        if constexpr (From == handle_kind::pipe || To == handle_kind::pipe) {
            if (From == handle_kind::socket && waits == waiting::no && !is_readable(from)) return failure(verb::copy, std::errc::resource_unavailable_try_again);
            auto flags = waits == waiting::no ? SPLICE_F_NONBLOCK : 0u;
            return count_or_error(verb::copy, ::splice(from, nullptr, to, nullptr, most, flags));
        }
        // What it refuses, and the files of /proc, which are empty to it before Linux 5.19, may go the other way.
        if constexpr (To == handle_kind::file)
            if (auto moved = ::copy_file_range(from, nullptr, to, nullptr, most, 0); moved > 0) return static_cast<std::size_t>(moved);
        return count_or_error(verb::copy, ::sendfile(to, from, nullptr, most));
    }

    // Calls: sigpending, pthread_sigmask; at its end rt_sigtimedwait, pthread_sigmask.
    class transfer_guard {
    public:
        transfer_guard() = default;
        transfer_guard(const transfer_guard&) = delete;
        ~transfer_guard() { held_back_.swallow(); }

    private:
        sigpipe_guard held_back_;
    };

    // Calls: fcntl(F_GETFL), fcntl(F_SETFL); at its end fcntl(F_SETFL).
    class unwaiting_guard {
    public:
        explicit unwaiting_guard(handle socket) noexcept : socket_(socket), before_(::fcntl(socket, F_GETFL)) { set(before_ | O_NONBLOCK); }
        unwaiting_guard(const unwaiting_guard&) = delete;
        ~unwaiting_guard() { set(before_); }

    private:
        void set(int flags) const noexcept {
            if (before_ != -1 && !(before_ & O_NONBLOCK)) ::fcntl(socket_, F_SETFL, flags);
        }
        handle socket_;
        int before_;    // -1 for a handle that is none
    };

private:
    // A socket's own flag alone decides whether a splice from it waits.
    [[nodiscard]] static bool is_readable(handle socket) noexcept {
        pollfd one{socket, POLLIN, 0};
        return ::poll(&one, 1, 0) != 0;
    }
};

}  // namespace plumb::os
