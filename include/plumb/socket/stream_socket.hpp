// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/socket/peer_handle.hpp>
#include <plumb/stream/copy.hpp>
#include <plumb/stream/file.hpp>
#include <plumb/stream/reader.hpp>
#include <plumb/stream/writer.hpp>

// The socket of a byte stream: tcp::socket, local::stream::socket.

namespace plumb::inline v0_1 {

// One end of a connection that carries bytes in order and without boundaries.
// Threads: one that reads and one that writes at once; options and endpoints from any.
template <class P>
    requires stream_protocol<P>
class socket<P> : public detail::peer_of<P>, public stream_reader<socket<P>>, public stream_writer<socket<P>> {
    using base = detail::peer_of<P>;

public:
    using typename base::endpoint_type;
    using typename base::system;

    socket() = default;
    explicit socket(detail::fresh made) noexcept : base(made) {}

    // Reads some bytes, at least one unless the buffer is empty; 0 is the end of the stream.
    // Errors: connection_reset, timed_out. After a reset a further read gives 0, as the kernel has it.
    // Calls: recv · recv. Source: POSIX recv.
    [[nodiscard]] result<std::size_t> read(mutable_bytes into, const limit auto&... limits) {
        return receive(into, limits...);
    }
    // Reads into several buffers in turn, as one read.
    // Calls: recvmsg · WSARecv.
    [[nodiscard]] result<std::size_t> read(os::slice<const mutable_bytes> into, const limit auto&... limits) {
        return receive(into, limits...);
    }

    // Writes some bytes and says how many: with limits, or after a signal, it can be fewer than were given.
    // Errors: broken_pipe, connection_reset. There is no SIGPIPE.
    // Calls: send(MSG_NOSIGNAL) · send. Source: POSIX send.
    [[nodiscard]] result<std::size_t> write(bytes from, const limit auto&... limits) { return send(from, limits...); }
    // Writes from several buffers in turn, as one write.
    // Calls: sendmsg · WSASend.
    [[nodiscard]] result<std::size_t> write(os::slice<const bytes> from, const limit auto&... limits) {
        return send(from, limits...);
    }

    // Sends a file from where it stands to its end, and says how many bytes that were.
    // Errors: as write, and those of opening and reading the file; their detail is the count of bytes sent.
    // Calls: as copy.
    [[nodiscard]] result<std::uint64_t> send_file(file& from, const limit auto&... limits) {
        return send_file(from, detail::whole_stream, limits...);
    }
    // Sends at most that many bytes of it: fewer only at its end, 0 after that.
    [[nodiscard]] result<std::uint64_t> send_file(file& from, std::uint64_t most, const limit auto&... limits) {
        return detail::copy_as(verb::send_file, from, *this, most, limits...);
    }
    // Sends the whole file of that path.
    [[nodiscard]] result<std::uint64_t> send_file(std::string_view path, const limit auto&... limits) {
        auto from = file::open(path);
        if (!from) return failure(from.error().during(verb::send_file));
        return send_file(*from, limits...);
    }

    // Makes another owner of the same connection: it ends when both are closed, or one is shut down.
    [[nodiscard]] result<socket> duplicate() const { return this->template duplicated<socket>(); }

private:
    // The attempts hold copies: what a reference points to would have to lie in memory on the way of success too.
    [[nodiscard]] inline result<std::size_t> receive(auto into, const limit auto&... limits) {
        auto attempt = [this, into](os::waiting waits) { return system::receive(this->handle(), into, waits); };
        return os::persist<system>(verb::read, this->handle(), os::interest::readable, attempt, limits...);
    }
    [[nodiscard]] inline result<std::size_t> send(auto from, const limit auto&... limits) {
        auto attempt = [this, from](os::waiting waits) { return system::send(this->handle(), from, waits); };
        return os::persist<system>(verb::write, this->handle(), os::interest::writable, attempt, limits...);
    }
};

template <class P>
    requires stream_protocol<P>
struct kernel_stream<socket<P>> {
    using system = typename P::system;
    static constexpr auto kind = os::handle_kind::socket;
};

}  // namespace plumb
