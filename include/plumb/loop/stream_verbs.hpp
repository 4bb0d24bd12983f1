// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/loop/task.hpp>
#include <plumb/loop/transfer.hpp>
#include <plumb/stream/reader.hpp>

#include <cstring>
#include <limits>

// The verbs of streams, to be awaited: those of sockets, pipes and whatever else reads and writes in a loop.

namespace plumb::inline v0_1 {

namespace detail {

inline constexpr auto no_limit = (std::numeric_limits<std::size_t>::max)();

// Gives a stream with read_to_end(to, most, limits...) the other ways to read all of it: derive Self from whole_reads<Self>.
template <class Self>
class whole_reads {
public:
    template <limit... Limits>
    [[nodiscard]] auto read_to_end(byte_container auto& to, Limits... limits) { return self().read_to_end(to, no_limit, limits...); }
    // Reads everything up to the end of the stream into a new container.
    // A peer that never ends fills the memory: give `most` where it is not trusted.
    template <byte_container Container, limit... Limits>
    [[nodiscard]] task<result<Container>> read_to_end(std::size_t most, Limits... limits) {
        Container all;
        auto size = co_await self().read_to_end(all, most, limits...);
        if (!size) co_return failure(size.error());
        co_return all;
    }
    template <byte_container Container, limit... Limits>
    [[nodiscard]] auto read_to_end(Limits... limits) { return read_to_end<Container>(no_limit, limits...); }

private:
    Self& self() noexcept { return static_cast<Self&>(*this); }
};

// The side of a stream that is read, and the one that is written: most have one for both.
template <class Stream>
[[nodiscard]] auto& read_side(Stream& of) noexcept {
    if constexpr (requires { of.reader(); }) return of.reader();
    else return of;
}
template <class Stream>
[[nodiscard]] auto& written_side(Stream& of) noexcept {
    if constexpr (requires { of.writer(); }) return of.writer();
    else return of;
}

}  // namespace detail

// Gives what reads its verbs: derive Self from async_reader<Self, System>, where System::receive is the call. What is given as
// a buffer must live until the operation has ended. A read that is called off tells of every byte that it took; one that is destroyed
// while it waits may have taken some of which nobody is told, but for receive. `Way` is how it is read.
// Cost: no allocation but in read_to_end; one system call when it need not wait.
template <class Self, class System, class Way = detail::reading<System>>
class async_reader : public detail::whole_reads<Self> {
    template <class Buffers, bool Whole, limit... Limits>
    using reading = detail::transfer<System, Way, Buffers, Whole, Limits...>;
    using one = detail::one_buffer<mutable_bytes>;
    using several = detail::several_buffers<mutable_bytes>;

public:
    // Reads some bytes into a buffer that the loop lends, and takes back when the result goes: while nothing comes, the
    // stream holds no memory. An empty one is the end of the stream.
    // Errors: as read. Calls: recv; recvmsg of local sockets.
    template <limit... Limits>
    [[nodiscard]] auto receive(const Limits&... limits) noexcept { return detail::lent_read<System, Way, Limits...>(reads_at(), limits...); }

    // Reads some bytes, at least one unless the buffer is empty; 0 is the end of the stream.
    // Errors: connection_reset, timed_out. Calls: recv.
    template <limit... Limits>
    [[nodiscard]] auto read(mutable_bytes into, const Limits&... limits) noexcept {
        return reading<one, false, Limits...>(reads_at(), into, limits...);
    }
    // Reads into several buffers in turn, as one read. Calls: recvmsg.
    template <limit... Limits>
    [[nodiscard]] auto read(os::slice<const mutable_bytes> into, const Limits&... limits) noexcept {
        return reading<several, false, Limits...>(reads_at(), into, limits...);
    }
    // Fills the whole buffer.
    // Errors: end_of_stream when the stream ended first; as read. Their detail is the count of bytes that did arrive.
    template <limit... Limits>
    [[nodiscard]] auto read_exact(mutable_bytes into, const Limits&... limits) noexcept {
        return reading<one, true, Limits...>(reads_at(), into, limits...);
    }

    // Appends everything up to the end of the stream and says how much that was. After an error what had arrived is in `to`.
    // Errors: too_long when there are more than `most` bytes (the first `most` of them are in `to`); as read.
    // Cost: an allocation, and those of the container.
    template <limit... Limits>
    [[nodiscard]] task<result<std::size_t>> read_to_end(byte_container auto& to, std::size_t most, Limits... limits) {
        const auto settled = os::patience_of<System>(limits...);
        for (std::size_t arrived = 0;;) {
            auto chunk = co_await receive(settled);
            if (!chunk) co_return failure(chunk.error().with(detail::as_detail(arrived)));
            if (chunk->empty()) co_return arrived;
            auto size = detail::least(chunk->size(), most - arrived);
            auto end = to.size();
            to.resize(end + size);
            if (size > 0) std::memcpy(to.data() + end, chunk->data(), size);
            arrived += size;
            if (size < chunk->size()) co_return failure(verb::read, condition::too_long, detail::as_detail(most));
        }
    }
    using detail::whole_reads<Self>::read_to_end;

private:
    [[nodiscard]] detail::registration& reads_at() noexcept { return detail::read_side(static_cast<Self&>(*this)).place(); }
};

// Gives what writes its verbs: derive Self from async_writer<Self, System>, where System::send is the call. A write that is
// called off tells of every byte that went; one that is destroyed while it waits may have written some of which nobody is told.
// Cost: no allocation; one system call when it need not wait.
template <class Self, class System>
class async_writer {
    template <class Buffers, bool Whole, limit... Limits>
    using writing = detail::transfer<System, detail::writing<System>, Buffers, Whole, Limits...>;
    using one = detail::one_buffer<bytes>;
    using several = detail::several_buffers<bytes>;

public:
    // Writes some bytes and says how many.
    // Errors: broken_pipe, connection_reset. There is no SIGPIPE. Calls: send(MSG_NOSIGNAL).
    template <limit... Limits>
    [[nodiscard]] auto write(bytes from, const Limits&... limits) noexcept { return writing<one, false, Limits...>(writes_at(), from, limits...); }
    // Writes from several buffers in turn, as one write. Calls: sendmsg.
    template <limit... Limits>
    [[nodiscard]] auto write(os::slice<const bytes> from, const Limits&... limits) noexcept {
        return writing<several, false, Limits...>(writes_at(), from, limits...);
    }
    // Writes all of it.
    // Errors: as write; their detail is the count of bytes that were taken, also when the write was cancelled.
    template <limit... Limits>
    [[nodiscard]] auto write_all(bytes from, const Limits&... limits) noexcept { return writing<one, true, Limits...>(writes_at(), from, limits...); }
    // The same of several buffers in turn: write_all({head, body}). At most eight stand in braces; more are given as a span.
    template <limit... Limits>
    [[nodiscard]] auto write_all(os::slice<const bytes> from, const Limits&... limits) noexcept {
        return writing<several, true, Limits...>(writes_at(), from, limits...);
    }
    template <limit... Limits>
    [[nodiscard]] auto write_all(detail::braced_bytes from, const Limits&... limits) noexcept {
        return writing<detail::several_in_braces, true, Limits...>(writes_at(), from, limits...);
    }

private:
    [[nodiscard]] detail::registration& writes_at() noexcept { return detail::written_side(static_cast<Self&>(*this)).place(); }
};

}  // namespace plumb
