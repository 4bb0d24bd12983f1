// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/core/least.hpp>
#include <plumb/stream/reader.hpp>
#include <plumb/stream/writer.hpp>

#include <limits>
#include <optional>
#include <utility>
#include <vector>

// A stream that is nothing but memory, to test code that reads and writes streams. Opt-in: plumb.hpp does not include it.

namespace plumb::inline v0_1 {

// Gives the bytes it was made with, and keeps what is written.
//     memory_stream peer("HELO\r\n", 1);             // one byte a read, one byte a write
//     peer.written();                                // what your code said
class memory_stream : public stream_reader<memory_stream>, public stream_writer<memory_stream> {
public:
    static constexpr std::size_t any_size = (std::numeric_limits<std::size_t>::max)();

    // Holds a copy of what is to be read. No read or write moves more than `most_at_once` bytes; one is the least.
    explicit memory_stream(bytes to_be_read = {}, std::size_t most_at_once = any_size)
        : input_(to_be_read.begin(), to_be_read.end()), most_at_once_(detail::greatest(most_at_once, 1)) {}

    // Puts more behind what is to be read; after an end has been read, reading goes on.
    void feed(bytes more) { input_.insert(input_.end(), more.begin(), more.end()); }
    // Ends with an error instead of the end of the stream, such as std::errc::connection_reset.
    void break_with(error cause) noexcept { broken_ = cause; }

    // Reads some bytes; 0 is the end.
    [[nodiscard]] result<std::size_t> read(mutable_bytes into, const limit auto&...) {
        auto size = detail::least(detail::least(into.size(), input_.size() - read_), most_at_once_);
        if (size == 0 && !into.empty() && broken_) return failure(broken_->during(verb::read));
        for (std::size_t i = 0; i < size; ++i) into[i] = input_[read_++];
        return size;
    }

    // Takes some bytes, at least one.
    [[nodiscard]] result<std::size_t> write(bytes from, const limit auto&...) {
        auto size = detail::least(from.size(), most_at_once_);
        output_.insert(output_.end(), from.begin(), from.begin() + static_cast<std::ptrdiff_t>(size));
        return size;
    }
    [[nodiscard]] result<std::size_t> write(os::slice<const bytes> from, const limit auto&... limits) {
        std::size_t all = 0;
        for (auto left = most_at_once_; auto& buffer : from) {
            auto size = write(bytes(buffer.first(detail::least(buffer.size(), left))), limits...);
            all += *size;
            left -= *size;
        }
        return all;
    }

    // Everything that has been written, until the next write.
    [[nodiscard]] bytes written() const noexcept { return output_; }
    // How many bytes are left to be read.
    [[nodiscard]] std::size_t unread() const noexcept { return input_.size() - read_; }

private:
    std::vector<std::byte> input_, output_;
    std::size_t read_ = 0, most_at_once_;
    std::optional<error> broken_;
};

static_assert(readable_stream<memory_stream> && writable_stream<memory_stream>);

}  // namespace plumb
