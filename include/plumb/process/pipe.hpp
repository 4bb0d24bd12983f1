// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/os/owner.hpp>
#include <plumb/os/pipe.hpp>
#include <plumb/stream/reader.hpp>
#include <plumb/stream/writer.hpp>

#include <utility>

// Pipes: bytes one way, from a writer to a reader, in one process or between two; and both ways over two of them.

namespace plumb::inline v0_1 {

namespace detail {

// What both ends of a pipe have in common.
template <class Self, os::pipe_end End, class System = os::native_pipes>
class pipe_handle : public os::owner<System> {
public:
    using system = System;
    using os::owner<System>::owner;

    // Takes over a descriptor made elsewhere, if it is this end of a pipe; else it stays the caller's.
    // Errors: condition::wrong_descriptor, bad_file_descriptor. Calls: fstat, fcntl · PeekNamedPipe, GetNamedPipeInfo.
    [[nodiscard]] static result<Self> adopt(os::handle found) {
        if (auto outcome = System::expect(found, End); !outcome) return failure(outcome.error());
        return Self(fresh{found});
    }

    // Makes another owner of the same end: the pipe's other end sees it closed when both are.
    [[nodiscard]] result<Self> duplicate() const {
        auto made = System::duplicate(this->native_handle());
        if (!made) return failure(made.error());
        return Self(fresh{*made});
    }

    // How many bytes the pipe holds before a write waits.
    // Calls: fcntl(F_GETPIPE_SZ) · GetNamedPipeInfo.
    [[nodiscard]] result<std::size_t> capacity() const { return System::capacity(this->native_handle()); }
    // Asks for another capacity, and says which one the kernel made of it.
    // Errors: operation_not_permitted beyond the system's limit, device_or_resource_busy when more is in the pipe.
    // Calls: fcntl(F_SETPIPE_SZ). Absent on Windows.
    [[nodiscard]] result<std::size_t> set_capacity(std::size_t size)
        requires requires(os::handle pipe) { System::set_capacity(pipe, size); }
    {
        return System::set_capacity(this->native_handle(), size);
    }
};

}  // namespace detail

// The end of a pipe that is read; closed when it goes. Who writes on gets broken_pipe then.
// Threads: any number may read at once; each gets bytes of its own.
class pipe_reader : public detail::pipe_handle<pipe_reader, os::pipe_end::reader>, public stream_reader<pipe_reader> {
public:
    pipe_reader() = default;
    using pipe_handle::pipe_handle;

    // Reads some bytes, at least one unless the buffer is empty; 0 is the end: every writer is closed.
    // Calls: read; with limits preadv2(RWF_NOWAIT), poll · ReadFile.
    [[nodiscard]] result<std::size_t> read(mutable_bytes into, const limit auto&... limits) {
        return system::read(this->handle(), into, limits...);
    }
    // Reads into several buffers in turn, as one read.
    // Calls: readv · ReadFile into the first.
    [[nodiscard]] result<std::size_t> read(os::slice<const mutable_bytes> into, const limit auto&... limits) {
        return system::read(this->handle(), into, limits...);
    }
};

// The end of a pipe that is written; closed when it goes. Who reads sees the end once every writer is closed.
// Threads: any number may write at once; what is no longer than PIPE_BUF (4,096 bytes on Linux) stays together.
class pipe_writer : public detail::pipe_handle<pipe_writer, os::pipe_end::writer>, public stream_writer<pipe_writer> {
public:
    pipe_writer() = default;
    using pipe_handle::pipe_handle;

    // Writes some bytes and says how many: with limits, or after a signal, it can be fewer than were given.
    // A deadline may be overrun on Linux before 6.4, when another writer of the same pipe comes between. On Windows a write
    // that a limit ended may have been taken in part.
    // Errors: broken_pipe when nobody can read it any more. There is no SIGPIPE.
    // Calls: pwritev2(RWF_NOSIGNAL); before Linux 6.18 write, with the signal held back in this thread; with limits poll · WriteFile.
    [[nodiscard]] result<std::size_t> write(bytes from, const limit auto&... limits) {
        return system::write(this->handle(), from, limits...);
    }
    // Writes from several buffers in turn, as one write.
    // Calls: pwritev2 · WriteFile of the first.
    [[nodiscard]] result<std::size_t> write(os::slice<const bytes> from, const limit auto&... limits) {
        return system::write(this->handle(), from, limits...);
    }
};

template <>
struct kernel_stream<pipe_reader> {
    using system = os::native;
    static constexpr auto kind = os::handle_kind::pipe;
};
template <>
struct kernel_stream<pipe_writer> : kernel_stream<pipe_reader> {};

// Both ends of a pipe.
struct pipe_pair {
    pipe_reader reader;
    pipe_writer writer;
};

// Makes a pipe: auto [reader, writer] = pipe().value();
// No program that is started inherits its ends.
// Errors: too_many_files_open. Calls: pipe2(O_CLOEXEC) · CreateNamedPipe, CreateFile. Source: POSIX pipe.
[[nodiscard]] inline result<pipe_pair> pipe() {
    auto made = os::native_pipes::pair();
    if (!made) return failure(made.error());
    return pipe_pair{pipe_reader(detail::fresh{(*made)[0]}), pipe_writer(detail::fresh{(*made)[1]})};
}

namespace detail {

// What reads from one pipe and writes into another.
template <class Reader, class Writer>
class two_sides {
public:
    two_sides() = default;
    two_sides(Reader reader, Writer writer) noexcept : reader_(std::move(reader)), writer_(std::move(writer)) {}

    // The two sides, each to be closed or moved out by itself: with `writer().close()` the other end reads the end, and can
    // still answer.
    [[nodiscard]] Reader& reader() noexcept { return reader_; }
    [[nodiscard]] Writer& writer() noexcept { return writer_; }

    // Closes one side or both, in the words of sockets.
    // Errors: not_connected for a side that is closed already.
    [[nodiscard]] result<void> shutdown(direction half) noexcept {
        auto reads = half != direction::write, writes = half != direction::read;
        if ((reads && !reader_.is_open()) || (writes && !writer_.is_open())) return failure(verb::shutdown, std::errc::not_connected);
        if (reads) reader_.close();
        if (writes) writer_.close();
        return {};
    }

    void close() noexcept {
        reader_.close();
        writer_.close();
    }
    [[nodiscard]] bool is_open() const noexcept { return reader_.is_open() || writer_.is_open(); }

private:
    Reader reader_;
    Writer writer_;
};

}  // namespace detail

// One of two ends that talk both ways: it reads from one pipe and writes into another.
// Threads: as its reader and its writer.
class duplex_end : public detail::two_sides<pipe_reader, pipe_writer>, public stream_reader<duplex_end>, public stream_writer<duplex_end> {
public:
    using system = os::native_pipes;
    using two_sides::two_sides;

    // Reads some bytes; 0 is the end: the other end's writing side is closed.
    [[nodiscard]] result<std::size_t> read(mutable_bytes into, const limit auto&... limits) { return reader().read(into, limits...); }
    [[nodiscard]] result<std::size_t> read(os::slice<const mutable_bytes> into, const limit auto&... limits) {
        return reader().read(into, limits...);
    }

    // Writes some bytes and says how many.
    // Errors: broken_pipe when the other end's reading side is closed. There is no SIGPIPE.
    [[nodiscard]] result<std::size_t> write(bytes from, const limit auto&... limits) { return writer().write(from, limits...); }
    [[nodiscard]] result<std::size_t> write(os::slice<const bytes> from, const limit auto&... limits) {
        return writer().write(from, limits...);
    }
};

// Makes two ends that are connected with each other both ways: auto [ours, theirs] = duplex_pipe().value();
// Errors, Calls: as pipe, twice.
[[nodiscard]] inline result<std::array<duplex_end, 2>> duplex_pipe() {
    auto there = pipe();
    if (!there) return failure(there.error());
    auto back = pipe();
    if (!back) return failure(back.error());
    return std::array{duplex_end(std::move(back->reader), std::move(there->writer)),
                      duplex_end(std::move(there->reader), std::move(back->writer))};
}

}  // namespace plumb
