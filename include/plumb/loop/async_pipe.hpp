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

}  // namespace detail

// The end of a pipe that is read, with the verbs of the blocking one to be awaited. 0 is the end: every writer is closed.
// Threads: its loop's. Calls: preadv2(RWF_NOWAIT), epoll_ctl before each wait.
class async_pipe_reader : public detail::attached<pipe_reader>, public async_reader<async_pipe_reader, detail::pipe_calls> {
public:
    using attached::attached;
};

// The end of a pipe that is written.
// Threads: its loop's. Calls: pwritev2(RWF_NOSIGNAL | RWF_NOWAIT), epoll_ctl before each wait.
class async_pipe_writer : public detail::attached<pipe_writer>, public async_writer<async_pipe_writer, detail::pipe_calls> {
public:
    using attached::attached;
};

// For loop.attach(std::move(reader)), and writer.
template <class Pipe>
    requires(os::polls_everything && detail::any_of<Pipe, pipe_reader, pipe_writer>)
[[nodiscard]] auto attach_to(loop& in, Pipe owned) {
    using awaitable_end = std::conditional_t<std::same_as<Pipe, pipe_reader>, async_pipe_reader, async_pipe_writer>;
    auto place = in.state().attach(owned.native_handle());
    if (!place) return result<awaitable_end>(failure(place.error().during(verb::pipe)));
    return result<awaitable_end>(std::in_place, **place, std::move(owned));
}

}  // namespace plumb
