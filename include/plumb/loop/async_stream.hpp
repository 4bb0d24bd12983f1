// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/loop/async_handle.hpp>
#include <plumb/loop/transfer.hpp>

// The awaitable socket of a byte stream: tcp::async_socket, local::stream::async_socket.

namespace plumb::inline v0_1 {

// One end of a connection, with the verbs of the blocking one to be awaited: co_await peer.read(buffer, within(5s)).
// What is given as a buffer must live until the operation has ended. A limit, or a stop of the coroutine's task, ends one
// operation and leaves the others alone. One coroutine may read while another writes.
// Threads: its loop's.
// Cost: no allocation for an operation; one system call when it need not wait.
template <class P>
    requires stream_protocol<P>
class async_socket<P> : public detail::async_peer<P> {
    using base = detail::async_peer<P>;
    using system = typename P::system;

    template <template <class> class Way, class Buffers, bool Whole, limit... Limits>
    using transfer = detail::transfer<system, Way, Buffers, Whole, Limits...>;
    using into_one = detail::one_buffer<mutable_bytes>;
    using from_one = detail::one_buffer<bytes>;
    using into_several = detail::several_buffers<mutable_bytes>;
    using from_several = detail::several_buffers<bytes>;

public:
    using base::base;

    // Reads some bytes into a buffer that the loop lends, and takes back when the result goes: while nothing comes, the
    // connection holds no memory. An empty one is the end of the stream.
    // Errors: connection_reset, timed_out. Calls: recv.
    template <limit... Limits>
    [[nodiscard]] auto receive(const Limits&... limits) noexcept {
        return detail::lent_read<system, Limits...>(this->place(), limits...);
    }

    // Reads some bytes, at least one unless the buffer is empty; 0 is the end of the stream.
    // Errors: connection_reset, timed_out. Calls: recv.
    template <limit... Limits>
    [[nodiscard]] auto read(mutable_bytes into, const Limits&... limits) noexcept {
        return transfer<detail::reading, into_one, false, Limits...>(this->place(), into, limits...);
    }
    // Reads into several buffers in turn, as one read. Calls: recvmsg.
    template <limit... Limits>
    [[nodiscard]] auto read(std::span<const mutable_bytes> into, const Limits&... limits) noexcept {
        return transfer<detail::reading, into_several, false, Limits...>(this->place(), into, limits...);
    }
    // Fills the whole buffer.
    // Errors: end_of_stream when the stream ended first; as read. Their detail is the count of bytes that did arrive.
    template <limit... Limits>
    [[nodiscard]] auto read_exact(mutable_bytes into, const Limits&... limits) noexcept {
        return transfer<detail::reading, into_one, true, Limits...>(this->place(), into, limits...);
    }

    // Writes some bytes and says how many.
    // Errors: broken_pipe, connection_reset. Calls: send(MSG_NOSIGNAL).
    template <limit... Limits>
    [[nodiscard]] auto write(bytes from, const Limits&... limits) noexcept {
        return transfer<detail::writing, from_one, false, Limits...>(this->place(), from, limits...);
    }
    // Writes from several buffers in turn, as one write. Calls: sendmsg.
    template <limit... Limits>
    [[nodiscard]] auto write(std::span<const bytes> from, const Limits&... limits) noexcept {
        return transfer<detail::writing, from_several, false, Limits...>(this->place(), from, limits...);
    }
    // Writes all of it.
    // Errors: as write; their detail is the count of bytes that were taken, also when the write was cancelled.
    template <limit... Limits>
    [[nodiscard]] auto write_all(bytes from, const Limits&... limits) noexcept {
        return transfer<detail::writing, from_one, true, Limits...>(this->place(), from, limits...);
    }
    template <limit... Limits>
    [[nodiscard]] auto write_all(std::span<const bytes> from, const Limits&... limits) noexcept {
        return transfer<detail::writing, from_several, true, Limits...>(this->place(), from, limits...);
    }
};

}  // namespace plumb
