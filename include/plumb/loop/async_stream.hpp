// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/loop/async_copy.hpp>
#include <plumb/loop/async_descriptors.hpp>
#include <plumb/loop/stream_verbs.hpp>

#include <string>
#include <utility>

// The awaitable socket of a byte stream: tcp::async_socket, local::stream::async_socket.

namespace plumb::inline v0_1 {

namespace detail {

// How the bytes of a connection are read.
template <class P>
using reading_of = std::conditional_t<passing_protocol<P>, reading_alone<typename P::system>, reading<typename P::system>>;

}  // namespace detail

// A connection that has left its loop.
template <class P>
struct released_stream {
    plumb::socket<P> socket;
    std::string ahead;       // what the loop had received and nobody had read: it comes before what the socket gives
    result<void> outcome;    // and the error that came after that: the socket does not tell it again
};

// One end of a connection, with the verbs of the blocking one to be awaited: co_await peer.read(buffer, within(5s)).
// A limit, or a stop of the coroutine's task, ends one operation and leaves the others alone. One coroutine may read while
// another writes.
// Threads: its loop's.
template <class P>
    requires stream_protocol<P>
class async_socket<P> : public detail::async_peer_of<P>,
                        public async_reader<async_socket<P>, typename P::system, detail::reading_of<P>>,
                        public async_writer<async_socket<P>, typename P::system> {
    using base = detail::async_peer_of<P>;

public:
    using base::base;

    // Takes it out of its loop, with what was received ahead; on epoll and poll that is nothing. Operations that wait in it end
    // with condition::cancelled.
    // Calls: epoll_ctl · io_uring_enter.
    [[nodiscard]] released_stream<P> release() {
        detail::arrivals came;
        this->recall(came);
        if (!came.outcome) came.outcome = failure(came.outcome.error().during(verb::read));
        return {base::release(), std::move(came.bytes), came.outcome};
    }

    // Sends a file from where it stands to its end, and says how many bytes that were. The file must live until then.
    // A disk that has to be waited for holds up the loop: see copy.
    // Errors: as write, and those of opening and reading the file; their detail is the count of bytes sent.
    // Calls: as copy.
    template <limit... Limits>
    [[nodiscard]] auto send_file(file& from, Limits... limits) { return send_file(from, detail::whole_stream, limits...); }
    // Sends at most that many bytes of it: fewer only at its end, 0 after that.
    template <limit... Limits>
    [[nodiscard]] auto send_file(file& from, std::uint64_t most, Limits... limits) {
        return detail::copy_in_loop(verb::send_file, from, *this, most, limits...);
    }
    // Sends the whole file of that path, which is opened at once.
    template <limit... Limits>
    [[nodiscard]] auto send_file(std::string_view path, Limits... limits) { return send_opened(file::open(path), limits...); }

private:
    template <limit... Limits>
    [[nodiscard]] task<result<std::uint64_t>> send_opened(result<file> from, Limits... limits) {
        if (!from) co_return failure(from.error().during(verb::send_file));
        co_return co_await send_file(*from, limits...);
    }
};

template <class P>
    requires stream_protocol<P>
struct kernel_stream<async_socket<P>> {
    using system = typename P::system;
    static constexpr auto kind = os::handle_kind::socket;
};

}  // namespace plumb
