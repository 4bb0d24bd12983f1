// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/loop/together.hpp>
#include <plumb/loop/transfer.hpp>
#include <plumb/stream/copy.hpp>
#include <plumb/stream/file.hpp>

#include <vector>

// Copying one stream into another without holding up a loop.

namespace plumb::inline v0_1 {

// Gives bytes in a loop: co_await stream.read(buffer, limits...) is how many; 0 is the end.
template <class T>
concept async_readable_stream = requires(T& stream, mutable_bytes into, const patience& limits) {
    requires std::same_as<detail::awaited_value<decltype(stream.read(into, limits))>, result<std::size_t>>;
};

// Takes bytes in a loop: co_await stream.write_all(bytes, limits...) takes them all. An error's detail is how many it took.
template <class T>
concept async_writable_stream = requires(T& stream, bytes from, const patience& limits) {
    requires std::same_as<detail::awaited_value<decltype(stream.write_all(from, limits))>, result<void>>;
};

namespace detail {

// One of the two waits in a loop, and the other may be a file.
template <class From, class To>
concept copied_in_loop = (async_readable_stream<From> && (async_writable_stream<To> || std::same_as<To, file>)) ||
                         (std::same_as<From, file> && async_writable_stream<To>);

// Gives bytes in buffers that a loop lends.
template <class T>
concept lending_stream = requires(T& stream, const patience& limits) {
    requires std::same_as<awaited_value<decltype(stream.receive(limits))>, result<lent_bytes>>;
};

// The kernel sends from the one into the other, and can be told not to wait.
template <class From, class To>
concept sent_by_kernel = both_of_the_kernel<From, To> && requires {
    requires carrier<From, To>::from == os::handle_kind::file && carrier<From, To>::to == os::handle_kind::socket;
    requires carrier<From, To>::system::transfers(os::handle_kind::file, os::handle_kind::socket, os::waiting::yes);
    typename carrier<From, To>::system::unwaiting_guard;
};

// Lets the kernel send from a file until all is sent.
template <class System, limit... Limits>
class file_sending final : public awaitable<file_sending<System, Limits...>, System, Limits...> {
    using base = awaitable<file_sending, System, Limits...>;

public:
    file_sending(registration& target, os::handle from, progress& so_far, const Limits&... limits)
        : base(target, limits...), from_(from), so_far_(so_far) {}
    [[nodiscard]] static constexpr os::interest awaits() noexcept { return os::interest::writable; }

    bool attempt() noexcept override {
        typename System::transfer_guard quiet;
        typename System::unwaiting_guard hurried(this->target().handle);
        for (auto until = least(so_far_.most - so_far_.moved, most_at_once) + so_far_.moved; so_far_.moved < until;) {
            auto room = static_cast<std::size_t>(until - so_far_.moved);
            auto moved = System::template transfer<os::handle_kind::file, os::handle_kind::socket>(from_, this->target().handle, room, os::waiting::yes);
            if (!moved && moved.error() == std::errc::interrupted) continue;
            if (!moved && moved.error() == std::errc::resource_unavailable_try_again) return this->refused();
            if (!moved) return give_up(moved.error()), true;
            so_far_.note(*moved);
            if (so_far_.ended) return true;
        }
        return so_far_.is_over();
    }
    void give_up(error cause) noexcept override { outcome_ = failure(cause); }
    [[nodiscard]] result<void> outcome() const noexcept { return outcome_; }

private:
    static constexpr std::uint64_t most_at_once = 1 << 20;    // then others are served as well

    os::handle from_;
    progress& so_far_;
    result<void> outcome_;
};

// Where what is copied lies on its way.
class copy_buffer {
public:
    static constexpr std::size_t size = 64 * 1024;
    // So much may come from a stream at once.
    template <class From>
    static constexpr std::size_t most_from = lending_stream<From> ? most_lent : size;

    // Reads some bytes, no more than that many; none are the end. Valid until the next read.
    // What lends its buffers does so: while nothing comes, none is held.
    template <class From>
    [[nodiscard]] task<result<bytes>> read(From& from, std::size_t most, patience limits) {
        if constexpr (lending_stream<From>) {
            lent_ = {};
            if (most >= most_lent) {
                auto came = co_await from.receive(limits);
                if (!came) co_return failure(came.error());
                lent_ = *std::move(came);
                co_return bytes(lent_);
            }
        }
        own_.resize(size);
        const mutable_bytes into(own_.data(), least(most, size));
        result<std::size_t> came;
        if constexpr (std::same_as<From, file>) came = from.read(into);
        else came = co_await from.read(into, limits);
        if (!came) co_return failure(came.error());
        co_return bytes(own_.data(), *came);
    }

private:
    lent_bytes lent_;
    std::vector<std::byte> own_;
};

// Moves bytes through the program until so many have moved.
template <class System, class From, class To>
[[nodiscard]] task<result<void>> copy_through(From& from, To& to, progress& so_far, std::uint64_t until, patience limits) {
    copy_buffer buffer;
    while (!so_far.ended && so_far.moved < until) {
        if (auto still = may_go_on<System>(so_far, limits); !still) co_return still;
        auto chunk = co_await buffer.read(from, so_far.room(until, copy_buffer::most_from<From>), limits);
        if (!chunk) co_return failure(chunk.error());
        result<void> written;
        if constexpr (std::same_as<To, file>) written = to.write_all(*chunk);
        else written = co_await to.write_all(*chunk, limits);
        auto done = written ? chunk->size() : written.error().detail();
        so_far.note(done);
        if (written) continue;
        put_back(from, bytes(chunk->subspan(done)));
        co_return written;
    }
    co_return result<void>();
}

// Copies, under the name that its errors are to have. What fits into a buffer costs least by a read and a write; what a longer
// file has beyond that the kernel sends where it can.
template <class From, class To, limit... Limits>
[[nodiscard]] task<result<std::uint64_t>> copy_in_loop(verb operation, From& from, To& to, std::uint64_t most, Limits... limits) {
    using system = typename system_of<To>::type;
    const auto settled = os::patience_of<system>(limits...);
    progress so_far{.most = most};
    constexpr auto sent = sent_by_kernel<From, To>;
    auto outcome = co_await copy_through<system>(from, to, so_far, sent ? least<std::uint64_t>(most, copy_buffer::size) : most, settled);
    if constexpr (sent) {
        if (outcome && !so_far.is_over()) {
            outcome = co_await file_sending<system, patience>(to.place(), from.native_handle(), so_far, settled);
            if (!outcome && cannot_be_joined(outcome.error())) outcome = co_await copy_through<system>(from, to, so_far, most, settled);
        }
    }
    if (!outcome) co_return failure(outcome.error().during(operation).with(as_detail(so_far.moved)));
    co_return so_far.moved;
}

}  // namespace detail

// Copies one stream into another, up to the end of the first, and says how many bytes that were; as the blocking copy does, where
// one or both wait in a loop and the other may be a file. Neither is closed. Both must live until the copy has ended.
// A file is always ready: reading it from a disk, or writing it, holds up the loop for as long as that takes, 64 KiB at a time, or
// 1 MiB where the kernel sends. What a terminal or a pipe is under a file's name holds it up until something comes.
// What was read and then could not be written is put back where the first is a file or buffered, and lost where it is not: 64 KiB at
// most.
// Threads: their loop's.
// Errors: as read and write, and by the limits; their detail is the count of bytes that were written.
// Cost: two system calls for 64 KiB, and an allocation. From a connection on which nothing comes no buffer is held.
// Calls: read and send; from a file into a socket, after the first 64 KiB, sendfile, with the socket told not to wait meanwhile.
template <class From, class To, limit... Limits>
    requires detail::copied_in_loop<From, To>
[[nodiscard]] auto copy(From& from, To& to, Limits... limits) {
    return detail::copy_in_loop(verb::copy, from, to, detail::whole_stream, limits...);
}
// For two streams of one type and a limit: closer than std::copy, as of the blocking ones.
template <class Stream>
    requires detail::copied_in_loop<Stream, Stream>
[[nodiscard]] auto copy(Stream& from, Stream& to, deadline limit) {
    return detail::copy_in_loop(verb::copy, from, to, detail::whole_stream, limit);
}
template <class Stream>
    requires detail::copied_in_loop<Stream, Stream>
[[nodiscard]] auto copy(Stream& from, Stream& to, stop_token limit) {
    return detail::copy_in_loop(verb::copy, from, to, detail::whole_stream, limit);
}
// Copies at most that many bytes: fewer only at the end of the first.
template <class From, class To, limit... Limits>
    requires detail::copied_in_loop<From, To>
[[nodiscard]] auto copy(From& from, To& to, std::uint64_t most, Limits... limits) {
    return detail::copy_in_loop(verb::copy, from, to, most, limits...);
}

}  // namespace plumb
