// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/core/bytes.hpp>

#include <new>
#include <utility>

// Buffers that a loop lends: connections that are idle hold none.

namespace plumb::inline v0_1 {

namespace detail {

// Buffers of one size that are used over and over, the one that was used last first. Before each stands its pool.
// Threads: those of one loop are one thread's.
class buffer_pool {
    struct alignas(64) header {
        buffer_pool* pool;
        header* next;
    };

public:
    static constexpr std::size_t size = 64 * 1024;
    static constexpr std::size_t most_kept = 128;

    buffer_pool() = default;
    buffer_pool(const buffer_pool&) = delete;
    ~buffer_pool() {
        ::operator delete(last_, alignment);
        while (kept_) ::operator delete(std::exchange(kept_, kept_->next), alignment);
    }

    // Gives a buffer; nullptr when there is no memory for another.
    [[nodiscard]] std::byte* take() noexcept {
        auto taken = std::exchange(last_, nullptr);
        if (!taken) [[unlikely]] taken = other();
        return taken ? reinterpret_cast<std::byte*>(taken + 1) : nullptr;
    }
    // Takes a buffer back into the pool that it is of.
    static void put_back(std::byte* buffer) noexcept {
        auto back = reinterpret_cast<header*>(buffer) - 1;
        auto& pool = *back->pool;
        if (pool.last_) [[unlikely]] pool.keep(back);
        else pool.last_ = back;
    }

private:
    static constexpr std::align_val_t alignment{alignof(header)};

    [[gnu::noinline]] header* other() noexcept {
        if (kept_) return --count_, std::exchange(kept_, kept_->next);
        auto made = ::operator new(sizeof(header) + size, alignment, std::nothrow);
        return made ? new (made) header{this, nullptr} : nullptr;
    }
    [[gnu::noinline]] void keep(header* back) noexcept {
        if (count_ == most_kept) return ::operator delete(back, alignment);
        back->next = std::exchange(kept_, back);
        ++count_;
    }

    header* last_ = nullptr;    // most often one is all that is needed
    header* kept_ = nullptr;
    std::size_t count_ = 0;     // of those
};

}  // namespace detail

// Bytes in a buffer that a loop lends; it goes back when this goes. None are left over for the next read: take them all.
// It must not outlive its loop.
class lent_bytes {
public:
    lent_bytes() = default;
    lent_bytes(std::byte* buffer, std::size_t size) noexcept : data_(buffer), size_(size) {}
    lent_bytes(lent_bytes&& other) noexcept : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}
    lent_bytes& operator=(lent_bytes other) noexcept {
        std::swap(data_, other.data_);
        std::swap(size_, other.size_);
        return *this;
    }
    ~lent_bytes() {
        if (data_) detail::buffer_pool::put_back(data_);
    }

    [[nodiscard]] std::byte* data() noexcept { return data_; }
    [[nodiscard]] const std::byte* data() const noexcept { return data_; }
    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    // Whether there are none: the end of the stream.
    [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
    [[nodiscard]] std::string_view text() const noexcept { return {reinterpret_cast<const char*>(data_), size_}; }

private:
    std::byte* data_ = nullptr;
    std::size_t size_ = 0;
};

}  // namespace plumb
