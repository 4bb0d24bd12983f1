// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/stream.hpp>

#include <cstring>
#include <utility>
#include <vector>

// A toy of a TLS stream: it wraps another stream, does a handshake, and carries bytes in records that only the other end can
// read. Real ones have the same shape and better ciphers.

// Wraps any stream, by value or by reference; is a stream itself.
template <class Stream>
class secret_stream : public plumb::stream_reader<secret_stream<Stream>>, public plumb::stream_writer<secret_stream<Stream>> {
public:
    using system = typename plumb::detail::system_of<std::remove_reference_t<Stream>>::type;
    static constexpr std::size_t largest_record = 16 * 1024;    // as in TLS: RFC 8446 section 5.1

    // Agrees on a key with the other end, which does the same.
    [[nodiscard]] static plumb::result<secret_stream> handshake(Stream&& inner, unsigned char share, const plumb::limit auto&... limits) {
        secret_stream made(std::forward<Stream>(inner));
        auto sent = made.inner_.inner().write_all(plumb::bytes(&share, 1), limits...);
        if (!sent) return plumb::failure(sent.error());
        unsigned char theirs;
        auto heard = made.inner_.read_exact(plumb::mutable_bytes(&theirs, 1), limits...);
        if (!heard) return plumb::failure(heard.error());
        made.key_ = static_cast<unsigned char>(share * 31 ^ theirs * 31);
        return made;
    }

    // Reads some bytes; 0 is the end that the other end has said, a cut connection is end_of_stream.
    [[nodiscard]] plumb::result<std::size_t> read(plumb::mutable_bytes into, const plumb::limit auto&... limits) {
        while (given_ == clear_.size() && !ended_ && !into.empty()) {
            auto record = inner_.template read_frame<plumb::big<std::uint16_t>>(largest_record, limits...);
            if (!record) return plumb::failure(record.error());
            clear_.assign(record->begin(), record->end());
            turn(clear_, received_);
            given_ = 0;
            ended_ = clear_.empty();
        }
        auto size = std::min(into.size(), clear_.size() - given_);
        if (size > 0) std::memcpy(into.data(), clear_.data() + given_, size);
        given_ += size;
        return size;
    }

    // Writes some bytes, at most one record.
    [[nodiscard]] plumb::result<std::size_t> write(plumb::bytes from, const plumb::limit auto&... limits) {
        if (from.empty()) return 0;
        std::vector<std::byte> record(from.begin(), from.begin() + static_cast<std::ptrdiff_t>(std::min(from.size(), largest_record)));
        turn(record, sent_);
        auto outcome = inner_.template write_frame<plumb::big<std::uint16_t>>(record, limits...);
        if (!outcome) return plumb::failure(outcome.error());
        return record.size();
    }
    [[nodiscard]] plumb::result<std::size_t> write(std::span<const plumb::bytes> from, const plumb::limit auto&... limits) {
        for (auto& buffer : from)
            if (!buffer.empty()) return write(buffer, limits...);
        return 0;
    }

    // Says that nothing more will come: TLS calls it close_notify.
    [[nodiscard]] plumb::result<void> finish() { return inner_.template write_frame<plumb::big<std::uint16_t>>(""); }

    [[nodiscard]] std::remove_reference_t<Stream>& inner() noexcept { return inner_.inner(); }

private:
    explicit secret_stream(Stream&& inner) : inner_(std::forward<Stream>(inner)) {}

    void turn(std::vector<std::byte>& record, unsigned char& position) const {
        for (auto& one : record) one ^= static_cast<std::byte>(key_ + position++ * 7);
    }

    plumb::buffered<Stream> inner_;
    std::vector<std::byte> clear_;
    std::size_t given_ = 0;
    unsigned char key_ = 0, sent_ = 0, received_ = 0;
    bool ended_ = false;
};
