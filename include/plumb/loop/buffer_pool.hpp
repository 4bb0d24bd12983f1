// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/core/bytes.hpp>

#include <cstdint>
#include <new>
#include <string_view>
#include <utility>

// Buffers that a loop lends: connections that are idle hold none.

namespace plumb::inline v0_1 {

namespace detail {

// No more is lent at once, on any driver.
inline constexpr std::size_t most_lent = 256 * 1024;

// A buffer that is lent, or a part of one: `at` says how far behind the header of that; 0 of a whole one, which has its own.
struct lent_part {
    std::byte* data = nullptr;
    std::uint32_t size = 0, at = 0;

    // What is left of it behind so many bytes.
    [[nodiscard]] lent_part rest(std::size_t taken) const noexcept {
        auto less = static_cast<std::uint32_t>(taken);
        return {data + taken, size - less, at + less};
    }
};

// Buffers of one size that are used over and over, the one that was used last first. One may be lent in several parts, and comes
// back with the last of them. Before each stands its pool.
// Threads: those of one loop are one thread's.
class buffer_pool {
    static constexpr std::size_t cache_line = 64;
    static constexpr std::align_val_t alignment{cache_line};
    struct header {
        buffer_pool* pool;
        header* next = nullptr;
        std::size_t parts = 0;    // of a buffer that is lent in parts
        std::byte unused[cache_line - 2 * sizeof(void*) - sizeof(std::size_t)]{};

        [[nodiscard]] std::byte* buffer() noexcept { return reinterpret_cast<std::byte*>(this + 1); }
    };

public:
    // It keeps no more than so many buffers while they are not lent.
    buffer_pool(std::size_t size, std::size_t most_kept) noexcept : size_(size), most_kept_(most_kept) {}
    buffer_pool(const buffer_pool&) = delete;
    ~buffer_pool() {
        if (last_) ::operator delete(header_before(last_), alignment);
        while (kept_) ::operator delete(std::exchange(kept_, kept_->next), alignment);
    }

    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    // Gives a buffer; nullptr when there is no memory for another.
    [[nodiscard]] std::byte* take() noexcept {
        auto taken = std::exchange(last_, nullptr);
        return taken ? taken : other();
    }
    // Begins to lend one in parts: gives the first, which is without bytes as yet.
    [[nodiscard]] static lent_part share_out(std::byte* whole) noexcept {
        header_before(whole)->parts = 1;
        return {whole, 0, sizeof(header)};
    }
    // Lends one more part of the same buffer.
    static void share(lent_part lent) noexcept { ++header_of(lent)->parts; }
    // Gives a part without bytes, which needs no memory.
    [[nodiscard]] lent_part nothing() noexcept {
        ++nothing_.parts;
        return {nothing_.buffer(), 0, sizeof(header)};
    }
    // Takes a buffer back into the pool that it is of; when it was lent in parts, with the last of them. Inlined: most often it is
    // one, and whole.
    [[gnu::always_inline]] static void put_back(const lent_part& lent) noexcept {
        if (lent.at != 0) put_back_part(lent);
        else keep(lent.data);
    }

private:
    [[nodiscard]] static header* header_before(std::byte* buffer) noexcept { return reinterpret_cast<header*>(buffer) - 1; }
    [[nodiscard]] static header* header_of(lent_part lent) noexcept { return reinterpret_cast<header*>(lent.data - lent.at); }

    [[gnu::noinline]] std::byte* other() noexcept {
        if (kept_) return --count_, std::exchange(kept_, kept_->next)->buffer();
        auto made = ::operator new(sizeof(header) + size_, alignment, std::nothrow);
        return made ? (new (made) header{.pool = this})->buffer() : nullptr;
    }
    [[gnu::always_inline]] static void keep(std::byte* back) noexcept {
        auto& pool = *header_before(back)->pool;
        if (pool.last_) [[unlikely]] pool.keep_another(*header_before(back));
        else pool.last_ = back;
    }
    [[gnu::noinline]] void keep_another(header& back) noexcept {
        if (count_ == most_kept_) return ::operator delete(&back, alignment);
        back.next = std::exchange(kept_, &back);
        ++count_;
    }
    [[gnu::noinline]] static void put_back_part(const lent_part& lent) noexcept {
        auto back = header_of(lent);
        if (--back->parts == 0) keep(back->buffer());
    }

    std::byte* last_ = nullptr;    // a buffer: most often one is all that is needed
    header* kept_ = nullptr;
    std::size_t count_ = 0;     // of those
    std::size_t size_, most_kept_;
    header nothing_{.pool = this, .parts = 1};
};

}  // namespace detail

// Bytes in a buffer that a loop lends; they go back when this goes. None are left over for the next read: take them all.
// They may begin at any address. It must not outlive its loop.
class lent_bytes {
public:
    lent_bytes() = default;
    explicit lent_bytes(detail::lent_part lent) noexcept : lent_(lent) {}
    lent_bytes(lent_bytes&& other) noexcept : lent_(std::exchange(other.lent_, {})) {}
    lent_bytes& operator=(lent_bytes other) noexcept {
        std::swap(lent_, other.lent_);
        return *this;
    }
    ~lent_bytes() {
        if (lent_.data) detail::buffer_pool::put_back(lent_);
    }

    [[nodiscard]] std::byte* data() noexcept { return lent_.data; }
    [[nodiscard]] const std::byte* data() const noexcept { return lent_.data; }
    [[nodiscard]] std::size_t size() const noexcept { return lent_.size; }
    // Whether there are none: the end of the stream.
    [[nodiscard]] bool empty() const noexcept { return lent_.size == 0; }
    [[nodiscard]] std::string_view text() const noexcept { return {reinterpret_cast<const char*>(lent_.data), lent_.size}; }

private:
    detail::lent_part lent_;
};

}  // namespace plumb
