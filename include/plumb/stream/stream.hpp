// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/core/bytes.hpp>
#include <plumb/core/least.hpp>
#include <plumb/core/result.hpp>
#include <plumb/os/persist.hpp>
#include <plumb/os/slice.hpp>

#include <concepts>
#include <limits>

// What a stream is: something that gives bytes, takes bytes, or both. Sockets, files and pipes are streams, and so is
// anything of yours with these members, such as one that encrypts.

namespace plumb::inline v0_1 {

// Gives bytes: read(buffer, limits...) fills some of the buffer and says how much; 0 is the end.
template <class T>
concept readable_stream = requires(T& stream, mutable_bytes into, const patience& limits) {
    { stream.read(into) } -> std::same_as<result<std::size_t>>;
    { stream.read(into, limits) } -> std::same_as<result<std::size_t>>;
};

// Takes bytes: write(bytes, limits...) takes some of them, at least one, and says how many.
template <class T>
concept writable_stream = requires(T& stream, bytes from, const patience& limits) {
    { stream.write(from) } -> std::same_as<result<std::size_t>>;
    { stream.write(from, limits) } -> std::same_as<result<std::size_t>>;
};

// Says of a stream that it is a handle of the kernel and nothing beside, so that its bytes may go past read and write. It is asked
// of the very type: what derives from such a stream or wraps one, to encrypt or to count, is none unless it says so itself.
//     template <> struct kernel_stream<yours> { using system = os::native; static constexpr auto kind = os::handle_kind::pipe; };
template <class Stream>
struct kernel_stream {};

namespace detail {

// The system whose clock a stream's deadlines are of: Stream::system where it names one, else the kernel.
template <class Stream>
struct system_of {
    using type = os::native;
};
template <class Stream>
    requires requires { typename Stream::system; }
struct system_of<Stream> {
    using type = typename Stream::system;
};

// Bytes that moved, as an error's detail.
[[nodiscard]] constexpr std::uint32_t as_detail(std::uint64_t count) noexcept {
    constexpr std::uint64_t most = 0xffff'ffff;
    return static_cast<std::uint32_t>(least(count, most));
}

// What is left to be moved of several buffers.
template <class Buffer>
class rest_of_several {
public:
    explicit rest_of_several(os::slice<const Buffer> whole) noexcept : rest_(whole) {
        for (auto& buffer : whole) size_ += buffer.size();
    }
    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    // Calls with what a system call takes next: all of them, or first the rest of one that was cut.
    [[nodiscard]] auto with_rest(auto call) const {
        return moved_of_first_ > 0 ? call(Buffer(rest_.front().subspan(moved_of_first_))) : call(rest_);
    }
    void advance(std::size_t moved) noexcept {
        size_ -= moved;
        for (moved += moved_of_first_; !rest_.empty() && moved >= rest_.front().size(); rest_ = {rest_.data() + 1, rest_.size() - 1})
            moved -= rest_.front().size();
        moved_of_first_ = moved;
    }

protected:
    os::slice<const Buffer> rest_;
    std::size_t size_ = 0;
    std::size_t moved_of_first_ = 0;
};

// Moves the rest after a first transfer that moved `done`. Out of line, so that the way of success stays short.
template <class System, class Move, class... Settled>
[[nodiscard, gnu::noinline, gnu::cold]] result<void> move_rest(verb operation, std::size_t all, std::size_t done, Move move_on,
                                                               const Settled&... settled) {
    for (auto last = done; done < all; done += last) {
        if (last == 0) return failure(operation, condition::end_of_stream, as_detail(done));
        if constexpr (sizeof...(Settled) > 0)
            if (auto still = os::check<System>(operation, settled...); !still) return failure(still.error().with(as_detail(done)));
        auto moved = move_on(done, all - done, settled...);
        if (!moved) return failure(moved.error().with(as_detail(done)));
        last = *moved;
    }
    return {};
}

// Moves everything, with limits that have been settled.
template <class System, class Move, class... Settled>
[[nodiscard]] inline result<void> move_settled(verb operation, std::size_t all, Move move_on, const Settled&... settled) {
    if (all == 0) return {};
    auto moved = move_on(0, all, settled...);
    if (!moved) [[unlikely]] return failure(moved.error().with(0));
    if (*moved == all) [[likely]] return {};
    return move_rest<System>(operation, all, *moved, move_on, settled...);
}

// Repeats a transfer of some bytes until `all` are moved: move_on(done, left, limits...) says how many more are.
// A deadline is one for all of it. The error's detail is the count of bytes that did move.
template <class Stream, class Move, limit... Limits>
[[nodiscard]] inline result<void> move_all(verb operation, std::size_t all, Move move_on, const Limits&... limits) {
    using system = typename system_of<Stream>::type;
    if constexpr (sizeof...(Limits) == 0) return move_settled<system>(operation, all, move_on);
    else return move_settled<system>(operation, all, move_on, os::patience_of<system>(limits...));
}

}  // namespace detail

}  // namespace plumb
