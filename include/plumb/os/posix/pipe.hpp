// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/core/least.hpp>
#include <plumb/os/pipe.hpp>
#include <plumb/os/posix/buffer_list.hpp>
#include <plumb/os/posix/sigpipe.hpp>

#include <climits>
#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

namespace plumb::inline v0_1::os {

// Whether a pipe waits belongs to everybody who holds it (O_NONBLOCK), so it is never touched: a single call is told not to wait.
// Transfers are not noexcept: their system calls are points of cancellation, which clang would guard by code in every one of them.
struct native_pipes : native_clock {
    // Calls: pipe2(O_CLOEXEC).
    [[nodiscard]] static answer<std::array<handle, 2>> pair() noexcept {
        std::array<handle, 2> ends;
        if (::pipe2(ends.data(), O_CLOEXEC) == -1) return failure(last_error(verb::pipe));
        return ends;
    }
    [[nodiscard]] static answer<std::array<handle, 2>> pair_for_child(pipe_end) noexcept { return pair(); }

    [[nodiscard]] static answer<handle> duplicate(handle pipe) noexcept {
        auto made = ::fcntl(pipe, F_DUPFD_CLOEXEC, 0);
        if (made == none) return failure(last_error(verb::duplicate));
        return made;
    }

    static void close(handle pipe) noexcept { ::close(pipe); }

    // Calls: fstat, fcntl(F_GETFL).
    [[nodiscard]] static result<void> expect(handle pipe, pipe_end end) noexcept {
        struct stat64 about;
        auto flags = ::fcntl(pipe, F_GETFL);
        if (flags == -1 || ::fstat64(pipe, &about) == -1) return failure(last_error(verb::adopt));
        if (S_ISFIFO(about.st_mode) && (flags & O_ACCMODE) == (end == pipe_end::reader ? O_RDONLY : O_WRONLY)) return {};
        return failure(verb::adopt, condition::wrong_descriptor);
    }

    // Calls: read, readv; with limits preadv2(RWF_NOWAIT) and poll.
    [[nodiscard]] static inline result<std::size_t> read(const handle& pipe, mutable_bytes into, const limit auto&... limits) {
        return persist<native_pipes>(verb::read, pipe, interest::readable, [&pipe, into](waiting waits) {
            if (waits == waiting::yes) [[likely]] return count_or_error(verb::read, ::read(pipe, into.data(), into.size()));
            iovec whole{into.data(), into.size()};
            return read_at_once(pipe, &whole, 1);
        }, limits...);
    }
    [[nodiscard]] static result<std::size_t> read(const handle& pipe, slice<const mutable_bytes> into,
                                                  const limit auto&... limits) {
        buffer_list list(into);
        return persist<native_pipes>(verb::read, pipe, interest::readable, [&](waiting waits) {
            if (waits == waiting::no) return read_at_once(pipe, list.data(), static_cast<int>(list.size()));
            return count_or_error(verb::read, ::readv(pipe, list.data(), static_cast<int>(list.size())));
        }, limits...);
    }

    // Calls: pwritev2(RWF_NOSIGNAL); with limits also RWF_NOWAIT, and poll; before Linux 6.18 with SIGPIPE held back.
    [[nodiscard]] static inline result<std::size_t> write(const handle& pipe, bytes from, const limit auto&... limits) {
        return persist<native_pipes>(verb::write, pipe, interest::writable, [&pipe, from](waiting waits) {
            iovec whole{const_cast<std::byte*>(from.data()), from.size()};
            return write_list(pipe, &whole, 1, waits);
        }, limits...);
    }
    [[nodiscard]] static result<std::size_t> write(const handle& pipe, slice<const bytes> from, const limit auto&... limits) {
        buffer_list list(from);
        return persist<native_pipes>(verb::write, pipe, interest::writable, [&](waiting waits) {
            return write_list(pipe, list.data(), static_cast<int>(list.size()), waits);
        }, limits...);
    }

    // Calls: fcntl(F_GETPIPE_SZ).
    [[nodiscard]] static result<std::size_t> capacity(handle pipe) noexcept {
        return count_or_error(verb::get, ::fcntl(pipe, F_GETPIPE_SZ));
    }
    // The kernel rounds up, to a power of two of pages.
    // Errors: device_or_resource_busy when more is in it, operation_not_permitted beyond /proc/sys/fs/pipe-max-size.
    // Calls: fcntl(F_SETPIPE_SZ).
    [[nodiscard]] static result<std::size_t> set_capacity(handle pipe, std::size_t size) noexcept {
        return count_or_error(verb::set, ::fcntl(pipe, F_SETPIPE_SZ, static_cast<int>(detail::least(size, INT_MAX))));
    }

    // A pipe's end shows when it is read, and nowhere else: one that has no writer may get one again.
    // Calls: ppoll.
    [[nodiscard]] static result<std::size_t> wait(slice<watch> watches, instant until, waker* sleeper) noexcept {
        auto ready = native_sockets::wait(watches, until, sleeper);
        for (auto& one : watches) one.ended = false;
        return ready;
    }

    // The ways of older kernels, one of which every call is made by where the kernel lacks a flag.

    // Linux before 6.4, which knows no RWF_NOWAIT of pipes, knows a read that does not wait by another name.
    // Calls: vmsplice(SPLICE_F_NONBLOCK).
    [[nodiscard]] static result<std::size_t> read_by_splice(handle pipe, const iovec* list, int size) noexcept {
        if (size == 0) return 0;
        return count_or_error(verb::read, ::vmsplice(pipe, list, static_cast<std::size_t>(size), SPLICE_F_NONBLOCK));
    }

    // Nothing else writes without waiting: when poll says that there is room, there is room for PIPE_BUF bytes, unless another
    // writer of the same pipe comes between; then the write waits, past its deadline.
    // Calls: poll, write.
    [[nodiscard]] static ssize_t write_where_room(handle pipe, const iovec& first) noexcept {
        pollfd room{pipe, POLLOUT, 0};
        auto ready = ::poll(&room, 1, 0);
        if (ready == 0) errno = EAGAIN;
        if (ready < 1) return -1;
        return ::write(pipe, first.iov_base, detail::least(first.iov_len, PIPE_BUF));
    }

    // Linux before 6.18 knows no RWF_NOSIGNAL.
    [[nodiscard]] static result<std::size_t> write_held_back(handle pipe, const iovec* list, int size, waiting waits) noexcept {
        std::size_t all = 0;
        for (auto& one : slice(list, static_cast<std::size_t>(size))) all += one.iov_len;
        return without_sigpipe(verb::write, all, [&] {
            if (waits == waiting::yes || size == 0) return ::writev(pipe, list, size);
            auto count = ::pwritev2(pipe, list, size, -1, RWF_NOWAIT);
            return count < 0 && errno == EOPNOTSUPP ? write_where_room(pipe, *list) : count;
        });
    }

private:
    [[nodiscard]] static result<std::size_t> read_at_once(handle pipe, const iovec* list, int size) noexcept {
        auto count = ::preadv2(pipe, list, size, -1, RWF_NOWAIT);
        if (count < 0 && errno == EOPNOTSUPP) return read_by_splice(pipe, list, size);
        return count_or_error(verb::read, count);
    }

    [[nodiscard]] static inline result<std::size_t> write_list(handle pipe, const iovec* list, int size, waiting waits) {
        auto tries = has_quiet_write.load();
        if (tries) [[likely]] {
            auto count = write_quietly(pipe, list, size, waits == waiting::no ? RWF_NOWAIT : 0);
            if (count >= 0) [[likely]] return static_cast<std::size_t>(count);
        }
        return write_otherwise(tries, pipe, list, size, waits);
    }

    // Out of line, so that the way of success stays short.
    [[nodiscard, gnu::noinline, gnu::cold]] static result<std::size_t> write_otherwise(bool tried, handle pipe, const iovec* list, int size,
                                                                                       waiting waits) noexcept {
        if (tried && errno != EOPNOTSUPP) return failure(last_error(verb::write));
        if (tried && waits == waiting::yes) has_quiet_write.store(false);    // else it may be the other flag
        return write_held_back(pipe, list, size, waits);
    }
};

}  // namespace plumb::os
