// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/core/byte_order.hpp>
#include <plumb/core/least.hpp>
#include <plumb/stream/reader.hpp>
#include <plumb/stream/writer.hpp>

#include <cstring>
#include <string_view>
#include <utility>
#include <vector>

// A stream that may read further than it was asked and keeps the rest: lines, delimiters, and messages with a length in front.

namespace plumb::inline v0_1 {

// A stream with memory. Holds its stream by value, or by reference as buffered<tcp::socket&>.
// A read that fails keeps what had arrived: after a deadline it can be tried again and nothing is lost.
// Threads: one at a time; one that reads and one that writes.
// Cost: memory as long as the longest line or message asked for, kept until it goes.
template <class Stream>
class buffered : public stream_reader<buffered<Stream>>, public stream_writer<buffered<Stream>> {
public:
    using system = typename detail::system_of<std::remove_reference_t<Stream>>::type;
    static constexpr std::size_t usual_limit = 64 * 1024;

    explicit buffered(Stream&& inner) : inner_(std::forward<Stream>(inner)) {}
    buffered(buffered&& other) noexcept
        : inner_(std::forward<Stream>(other.inner_)), memory_(std::move(other.memory_)),
          begin_(std::exchange(other.begin_, 0)), end_(std::exchange(other.end_, 0)) {}
    buffered& operator=(buffered&& other) noexcept
        requires(!std::is_reference_v<Stream>)
    {
        if (this == &other) return *this;
        inner_ = std::move(other.inner_);
        memory_ = std::move(other.memory_);
        begin_ = std::exchange(other.begin_, 0);
        end_ = std::exchange(other.end_, 0);
        return *this;
    }

    // The stream below. What it reads by itself bypasses what is kept here.
    [[nodiscard]] std::remove_reference_t<Stream>& inner() noexcept { return inner_; }
    // What has been read and not yet been asked for. Valid until the next read.
    [[nodiscard]] bytes kept() const noexcept { return {memory_.data() + begin_, end_ - begin_}; }

    // Reads some bytes, the kept ones first; 0 is the end.
    [[nodiscard]] result<std::size_t> read(mutable_bytes into, const limit auto&... limits) {
        if (begin_ == end_) return inner_.read(into, limits...);
        auto size = detail::least(into.size(), end_ - begin_);
        if (size > 0) std::memcpy(into.data(), memory_.data() + begin_, size);
        begin_ += size;
        return size;
    }

    // Makes bytes be read next, before everything else.
    void put_back(bytes back) {
        if (begin_ < back.size()) {
            auto more = back.size() - begin_;
            memory_.insert(memory_.begin(), more, std::byte{});
            begin_ += more;
            end_ += more;
        }
        begin_ -= back.size();
        if (!back.empty()) std::memcpy(memory_.data() + begin_, back.data(), back.size());
    }

    // Writes through, unbuffered.
    [[nodiscard]] result<std::size_t> write(bytes from, const limit auto&... limits) { return inner_.write(from, limits...); }
    [[nodiscard]] result<std::size_t> write(os::slice<const bytes> from, const limit auto&... limits) {
        return inner_.write(from, limits...);
    }

    // Reads up to a delimiter, which is the end of what is given. Valid until the next read.
    // Errors: too_long when `most` bytes hold no delimiter (they stay kept); end_of_stream when the stream ended first, its
    // detail the bytes after the last delimiter (they stay kept); as read.
    [[nodiscard]] result<bytes> read_until(bytes delimiter, std::size_t most, const limit auto&... limits) {
        if (delimiter.empty()) return failure(verb::read, std::errc::invalid_argument);
        auto found = find(delimiter.text(), most, limits...);
        if (!found) return failure(found.error());
        return take(*found + delimiter.size());
    }
    [[nodiscard]] result<bytes> read_until(bytes delimiter, const limit auto&... limits) {
        return read_until(delimiter, usual_limit, limits...);
    }

    // Reads a line, without its `\n` or `\r\n`. A last line that is not terminated is a line. Valid until the next read.
    // Errors: end_of_stream, detail 0, when there are no more lines; too_long as read_until; as read.
    [[nodiscard]] result<std::string_view> read_line(std::size_t most, const limit auto&... limits) {
        auto found = find("\n", most, limits...);
        auto last = !found && found.error() == condition::end_of_stream && begin_ != end_;
        if (!found && !last) return failure(found.error());
        auto line = (last ? take(end_ - begin_) : take(*found + 1)).text();
        if (last) return line;
        line.remove_suffix(1);
        if (line.ends_with('\r')) line.remove_suffix(1);
        return line;
    }
    [[nodiscard]] result<std::string_view> read_line(const limit auto&... limits) { return read_line(usual_limit, limits...); }

    // Reads a message that its length stands in front of, as a Length (such as big<std::uint32_t>). Valid until the next read.
    // Errors: too_long when the length says more than `most` (nothing is taken); end_of_stream, detail 0, at the clean end
    // between messages, else with the bytes that did arrive; as read.
    template <class Length = big<std::uint32_t>>
    [[nodiscard]] result<bytes> read_frame(std::size_t most, const limit auto&... limits) {
        auto settled = os::patience_of<system>(limits...);
        auto run = [&](const auto&... each) -> result<bytes> {
            if (auto head = fill(sizeof(Length), each...); !head) return failure(head.error());
            std::array<std::byte, sizeof(Length)> wire;
            std::memcpy(wire.data(), memory_.data() + begin_, sizeof(Length));
            auto size = Length(wire).value();
            constexpr auto longest = (std::numeric_limits<std::size_t>::max)() - sizeof(Length);
            if (std::cmp_less(size, 0) || std::cmp_greater(size, detail::least(most, longest)))
                return failure(verb::read, condition::too_long, detail::as_detail(most));
            auto whole = sizeof(Length) + static_cast<std::size_t>(size);
            if (auto body = fill(whole, each...); !body) return failure(body.error());
            return bytes(take(whole).subspan(sizeof(Length)));
        };
        if constexpr (sizeof...(limits) == 0) return run();
        else return run(settled);
    }
    template <class Length = big<std::uint32_t>>
    [[nodiscard]] result<bytes> read_frame(const limit auto&... limits) { return read_frame<Length>(usual_limit, limits...); }

    // Writes a message with its length in front, in one call.
    // Errors: too_long when the length does not fit into a Length; as write.
    template <class Length = big<std::uint32_t>>
    [[nodiscard]] result<void> write_frame(bytes message, const limit auto&... limits) {
        using number = typename Length::value_type;
        if (!std::in_range<number>(message.size()))
            return failure(verb::write, condition::too_long, detail::as_detail((std::numeric_limits<number>::max)()));
        auto head = Length(static_cast<number>(message.size())).to_bytes();
        return this->write_all({bytes(head), message}, limits...);
    }

private:
    static constexpr std::size_t least_room = 4096;

    // The offset of a text among the kept bytes, reading on until it is there.
    template <limit... Limits>
    [[nodiscard]] result<std::size_t> find(std::string_view text, std::size_t most, const Limits&... limits) {
        auto settled = os::patience_of<system>(limits...);
        for (std::size_t searched = 0, reads = 0;; ++reads) {
            auto at = kept().text().substr(0, most).find(text, searched);
            if (at != std::string_view::npos) return at;
            auto size = end_ - begin_;
            if (size >= most) return failure(verb::read, condition::too_long, detail::as_detail(most));
            searched = size < text.size() ? 0 : size - text.size() + 1;
            auto outcome = [&]() -> result<void> {
                if constexpr (sizeof...(Limits) > 0) {
                    if (auto still = os::check<system>(verb::read, settled); !still && reads > 0) return still;
                    return fill(size + 1, settled);
                } else {
                    return fill(size + 1);
                }
            }();
            if (!outcome) return failure(outcome.error());
        }
    }

    // Reads on until that many bytes are kept.
    [[nodiscard]] result<void> fill(std::size_t wanted, const auto&... settled) {
        for (bool first = true; end_ - begin_ < wanted; first = false) {
            if constexpr (sizeof...(settled) > 0)
                if (auto still = os::check<system>(verb::read, settled...); !still && !first) return still;
            make_room(wanted);
            auto size = inner_.read(mutable_bytes(memory_.data() + end_, memory_.size() - end_), settled...);
            if (!size) return failure(size.error());
            if (*size == 0) return failure(verb::read, condition::end_of_stream, detail::as_detail(end_ - begin_));
            end_ += *size;
        }
        return {};
    }

    void make_room(std::size_t wanted) {
        if (begin_ == end_) begin_ = end_ = 0;
        if (memory_.size() - begin_ >= wanted && end_ < memory_.size()) return;
        if (end_ > begin_) std::memmove(memory_.data(), memory_.data() + begin_, end_ - begin_);
        end_ -= std::exchange(begin_, 0);
        if (memory_.size() < wanted || end_ == memory_.size())
            memory_.resize(detail::greatest(wanted, detail::greatest(memory_.size() * 2, least_room)));
    }

    bytes take(std::size_t size) noexcept { return {memory_.data() + std::exchange(begin_, begin_ + size), size}; }

    Stream inner_;
    std::vector<std::byte> memory_;
    std::size_t begin_ = 0, end_ = 0;    // what is kept
};

template <class Stream>
buffered(Stream&&) -> buffered<Stream>;

}  // namespace plumb
