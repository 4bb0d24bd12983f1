// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/loop/async_handle.hpp>
#include <plumb/loop/stream_verbs.hpp>
#include <plumb/process/pipe.hpp>

#include <concepts>

// The ends of pipes in a loop. Absent where a loop can wait for sockets alone.

namespace plumb::inline v0_1 {

namespace detail {

// The calls of pipes in the words of sockets: a try that may not wait is one whose time is up.
struct pipe_calls : os::native_pipes {
    [[nodiscard]] static result<std::size_t> receive(os::handle from, const auto& into, os::waiting) {
        return at_once(read(from, into, patience{instant()}));
    }
    [[nodiscard]] static result<std::size_t> send(os::handle to, const auto& from, os::waiting) {
        return at_once(write(to, from, patience{instant()}));
    }

private:
    [[nodiscard]] static result<std::size_t> at_once(result<std::size_t> moved) noexcept {
        if (moved || moved.error() != condition::timed_out) return moved;
        return failure(moved.error().operation(), std::errc::resource_unavailable_try_again);
    }
};

// What both ends of a pipe have in common in a loop.
template <class Blocking>
class async_pipe_end : public attached<Blocking> {
public:
    using attached<Blocking>::attached;

    // How many bytes the pipe holds before a write waits.
    // Calls: fcntl(F_GETPIPE_SZ).
    [[nodiscard]] result<std::size_t> capacity() const { return this->blocking().capacity(); }
    // Asks for another capacity, and says which one the kernel made of it.
    // Errors: as the blocking end. Calls: fcntl(F_SETPIPE_SZ).
    [[nodiscard]] result<std::size_t> set_capacity(std::size_t size) { return this->blocking().set_capacity(size); }
};

}  // namespace detail

// The end of a pipe that is read, with the verbs of the blocking one to be awaited. 0 is the end: every writer is closed.
// Threads: its loop's. Calls: preadv2(RWF_NOWAIT), epoll_ctl before each wait.
class async_pipe_reader : public detail::async_pipe_end<pipe_reader>, public async_reader<async_pipe_reader, detail::pipe_calls> {
public:
    using async_pipe_end::async_pipe_end;
};

// The end of a pipe that is written.
// Threads: its loop's. Calls: pwritev2(RWF_NOSIGNAL | RWF_NOWAIT), epoll_ctl before each wait.
class async_pipe_writer : public detail::async_pipe_end<pipe_writer>, public async_writer<async_pipe_writer, detail::pipe_calls> {
public:
    using async_pipe_end::async_pipe_end;
};

// One of two ends that talk both ways, with the verbs of the blocking one to be awaited: its two sides are those of two pipes.
// Threads: its loop's.
class async_duplex_end : public detail::two_sides<async_pipe_reader, async_pipe_writer>,
                         public async_reader<async_duplex_end, detail::pipe_calls>,
                         public async_writer<async_duplex_end, detail::pipe_calls> {
public:
    using two_sides::two_sides;

    // Takes both sides out of their loop. Operations that wait in them end with condition::cancelled.
    [[nodiscard]] duplex_end release() noexcept { return {reader().release(), writer().release()}; }
};

// For loop.attach(std::move(reader)), writer, and an end of both; a side of that one which is closed stays so.
template <class Pipe>
    requires(os::polls_everything && detail::any_of<Pipe, pipe_reader, pipe_writer>)
[[nodiscard]] auto attach_to(loop& in, Pipe owned) {
    using awaitable_end = std::conditional_t<std::same_as<Pipe, pipe_reader>, async_pipe_reader, async_pipe_writer>;
    auto place = in.state().attach(owned.native_handle());
    if (!place) return result<awaitable_end>(failure(place.error().during(verb::pipe)));
    return result<awaitable_end>(std::in_place, **place, std::move(owned));
}
template <std::same_as<duplex_end> Duplex>
    requires(os::polls_everything)
[[nodiscard]] result<async_duplex_end> attach_to(loop& in, Duplex owned) {
    async_duplex_end both;
    if (owned.reader().is_open()) {
        auto attached = attach_to(in, std::move(owned.reader()));
        if (!attached) return failure(attached.error());
        both.reader() = *std::move(attached);
    }
    if (owned.writer().is_open()) {
        auto attached = attach_to(in, std::move(owned.writer()));
        if (!attached) return failure(attached.error());
        both.writer() = *std::move(attached);
    }
    return both;
}

}  // namespace plumb
