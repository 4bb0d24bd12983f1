// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/core/byte_order.hpp>
#include <plumb/core/least.hpp>
#include <plumb/loop/stream_verbs.hpp>

#include <array>
#include <limits>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

// A stream that may read further than it was asked and keeps the rest, to be awaited: lines, delimiters, and messages with a
// length in front.

namespace plumb::inline v0_1 {

// A stream with memory. Holds its stream by value, or by reference as async_buffered<tcp::async_socket&>.
// A read of a line or a message that fails keeps what had arrived: after a deadline it can be tried again and nothing is lost.
// Threads: its loop's; one coroutine that reads and one that writes.
// Cost: one allocation for each read; memory as long as the longest line or message asked for. Without memory for what has come
// std::bad_alloc is thrown, and that is lost: the stream is of no use then.
template <class Stream>
class async_buffered : public detail::whole_reads<async_buffered<Stream>> {
public:
    using system = typename detail::system_of<std::remove_reference_t<Stream>>::type;
    static constexpr std::size_t usual_limit = 64 * 1024;

    explicit async_buffered(Stream&& inner) : inner_(std::forward<Stream>(inner)) {}
    async_buffered(async_buffered&& other) noexcept
        : inner_(std::forward<Stream>(other.inner_)), memory_(std::move(other.memory_)), taken_(std::exchange(other.taken_, 0)) {
        other.memory_.clear();
    }
    async_buffered& operator=(async_buffered&& other) noexcept
        requires(!std::is_reference_v<Stream>)
    {
        if (this == &other) return *this;
        inner_ = std::move(other.inner_);
        memory_ = std::move(other.memory_);
        taken_ = std::exchange(other.taken_, 0);
        other.memory_.clear();
        return *this;
    }

    // The stream below. What it reads by itself bypasses what is kept here.
    [[nodiscard]] std::remove_reference_t<Stream>& inner() noexcept { return inner_; }
    // What has been read and not yet been asked for. Valid until the next read.
    [[nodiscard]] bytes kept() const noexcept { return {memory_.data() + taken_, memory_.size() - taken_}; }

    // Reads some bytes, the kept ones first; 0 is the end.
    template <limit... Limits>
    [[nodiscard]] task<result<std::size_t>> read(mutable_bytes into, Limits... limits) {
        if (auto size = take_into(into); size > 0 || into.empty()) co_return size;
        co_return co_await inner_.read(into, limits...);
    }
    // Fills the whole buffer.
    // Errors: end_of_stream when the stream ended first; as read. Their detail is the count of bytes that are in the buffer.
    template <limit... Limits>
    [[nodiscard]] task<result<void>> read_exact(mutable_bytes into, Limits... limits) {
        auto had = take_into(into);
        auto rest = co_await inner_.read_exact(mutable_bytes(into.subspan(had)), limits...);
        if (!rest) co_return failure(rest.error().with(detail::as_detail(had + rest.error().detail())));
        co_return rest;
    }
    // Appends everything up to the end of the stream and says how much that was, as the stream below does.
    template <limit... Limits>
    [[nodiscard]] task<result<std::size_t>> read_to_end(byte_container auto& to, std::size_t most, Limits... limits) {
        auto before = to.size(), had = detail::least(kept().size(), most);
        to.resize(before + had);
        take_into(mutable_bytes(to.data() + before, had));
        if (!kept().empty()) co_return failure(verb::read, condition::too_long, detail::as_detail(most));
        auto rest = co_await inner_.read_to_end(to, most - had, limits...);
        if (!rest) co_return failure(rest.error().with(detail::as_detail(had + rest.error().detail())));
        co_return had + *rest;
    }
    using detail::whole_reads<async_buffered>::read_to_end;

    // Makes bytes be read next, before everything else.
    void put_back(bytes back) {
        auto kept_of_it = detail::least(back.size(), taken_);
        memory_.replace(taken_ - kept_of_it, kept_of_it, back.text());
        taken_ -= kept_of_it;
    }

    // Writes through, unbuffered.
    template <limit... Limits>
    [[nodiscard]] auto write(bytes from, const Limits&... limits) noexcept { return inner_.write(from, limits...); }
    template <limit... Limits>
    [[nodiscard]] auto write(os::slice<const bytes> from, const Limits&... limits) noexcept { return inner_.write(from, limits...); }
    template <limit... Limits>
    [[nodiscard]] auto write_all(bytes from, const Limits&... limits) noexcept { return inner_.write_all(from, limits...); }
    template <limit... Limits>
    [[nodiscard]] auto write_all(os::slice<const bytes> from, const Limits&... limits) noexcept { return inner_.write_all(from, limits...); }
    template <limit... Limits>
    [[nodiscard]] auto write_all(detail::braced_bytes from, const Limits&... limits) noexcept { return inner_.write_all(from, limits...); }

    // Reads up to a delimiter, which is the end of what is given. Valid until the next read.
    // Errors: too_long when `most` bytes hold no delimiter (they stay kept); end_of_stream when the stream ended first, its
    // detail the bytes after the last delimiter (they stay kept); as read.
    template <limit... Limits>
    [[nodiscard]] task<result<bytes>> read_until(bytes delimiter, std::size_t most, Limits... limits) {
        if (delimiter.empty()) co_return failure(verb::read, std::errc::invalid_argument);
        auto found = co_await find(delimiter.text(), most, os::patience_of<system>(limits...));
        if (!found) co_return failure(found.error());
        co_return take(*found + delimiter.size());
    }

    template <limit... Limits>
    [[nodiscard]] auto read_until(bytes delimiter, Limits... limits) { return read_until(delimiter, usual_limit, limits...); }

    // Reads a line, without its `\n` or `\r\n`. A last line that is not terminated is a line. Valid until the next read.
    // Errors: end_of_stream, detail 0, when there are no more lines; too_long as read_until; as read.
    template <limit... Limits>
    [[nodiscard]] task<result<std::string_view>> read_line(std::size_t most, Limits... limits) {
        auto found = co_await find("\n", most, os::patience_of<system>(limits...));
        if (!found && found.error() == condition::end_of_stream && !kept().empty()) co_return take(kept().size()).text();
        if (!found) co_return failure(found.error());
        auto line = take(*found + 1).text();
        line.remove_suffix(1);
        if (line.ends_with('\r')) line.remove_suffix(1);
        co_return line;
    }
    template <limit... Limits>
    [[nodiscard]] auto read_line(Limits... limits) { return read_line(usual_limit, limits...); }

    // Reads a message that its length stands in front of, as a Length (such as big<std::uint32_t>). Valid until the next read.
    // Errors: too_long when the length says more than `most` (nothing is taken); end_of_stream, detail 0, at the clean end
    // between messages, else with the bytes that did arrive; as read.
    template <class Length = big<std::uint32_t>, limit... Limits>
    [[nodiscard]] task<result<bytes>> read_frame(std::size_t most, Limits... limits) {
        const auto settled = os::patience_of<system>(limits...);
        constexpr auto longest = detail::no_limit - sizeof(Length);
        for (;;) {
            auto have = kept();
            if (have.size() >= sizeof(Length)) {
                std::array<std::byte, sizeof(Length)> wire;
                std::memcpy(wire.data(), have.data(), sizeof(Length));
                auto size = Length(wire).value();
                if (std::cmp_less(size, 0) || std::cmp_greater(size, detail::least(most, longest)))
                    co_return failure(verb::read, condition::too_long, detail::as_detail(most));
                auto whole = sizeof(Length) + static_cast<std::size_t>(size);
                if (have.size() >= whole) co_return bytes(take(whole).subspan(sizeof(Length)));
            }
            if (auto more = co_await read_on(settled); !more) co_return failure(more.error());
        }
    }

    template <class Length = big<std::uint32_t>, limit... Limits>
    [[nodiscard]] auto read_frame(Limits... limits) { return read_frame<Length>(usual_limit, limits...); }

    // Writes a message with its length in front, in one call.
    // Errors: too_long when the length does not fit into a Length; as write_all. Cost: one allocation.
    template <class Length = big<std::uint32_t>, limit... Limits>
    [[nodiscard]] task<result<void>> write_frame(bytes message, Limits... limits) {
        using number = typename Length::value_type;
        if (!std::in_range<number>(message.size()))
            co_return failure(verb::write, condition::too_long, detail::as_detail((std::numeric_limits<number>::max)()));
        const auto head = Length(static_cast<number>(message.size())).to_bytes();
        const std::array<bytes, 2> both{bytes(head), message};
        co_return co_await inner_.write_all(os::slice<const bytes>(both), limits...);
    }

private:
    // The offset of a text among the kept bytes, reading on until it is there.
    [[nodiscard]] task<result<std::size_t>> find(std::string_view text, std::size_t most, patience settled) {
        for (std::size_t searched = 0;;) {
            auto have = kept().text();
            if (auto at = have.substr(0, most).find(text, searched); at != have.npos) co_return at;
            if (have.size() >= most) co_return failure(verb::read, condition::too_long, detail::as_detail(most));
            searched = have.size() < text.size() ? 0 : have.size() - text.size() + 1;
            if (auto more = co_await read_on(settled); !more) co_return failure(more.error());
        }
    }

    // Reads some more bytes behind those that are kept.
    [[nodiscard]] task<result<void>> read_on(patience settled) {
        memory_.erase(0, std::exchange(taken_, 0));
        auto chunk = co_await inner_.receive(settled);
        if (!chunk) co_return failure(chunk.error());
        if (chunk->empty()) co_return failure(verb::read, condition::end_of_stream, detail::as_detail(memory_.size()));
        memory_.append(chunk->text());
        co_return result<void>();
    }

    // Takes what is kept, as much as fits, and says how much that was.
    std::size_t take_into(mutable_bytes into) noexcept {
        auto size = detail::copy_part(kept(), into);
        taken_ += size;
        return size;
    }
    bytes take(std::size_t size) noexcept { return {memory_.data() + std::exchange(taken_, taken_ + size), size}; }

    Stream inner_;
    std::string memory_;
    std::size_t taken_ = 0;    // of the memory, by earlier reads
};

template <class Stream>
async_buffered(Stream&&) -> async_buffered<Stream>;

}  // namespace plumb
