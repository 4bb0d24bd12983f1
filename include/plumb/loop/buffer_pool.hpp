// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/core/bytes.hpp>

#include <new>
#include <utility>

// Buffers that a loop lends: connections that are idle hold none.

namespace plumb::inline v0_1 {

namespace detail {

// Buffers of one size that are used over and over, the one that was used last first.
// Threads: those of one loop are one thread's.
class buffer_pool {
public:
    static constexpr std::size_t size = 64 * 1024;
    static constexpr std::size_t most_kept = 32;

    buffer_pool() = default;
    buffer_pool(const buffer_pool&) = delete;
    ~buffer_pool() {
        while (count_ > 0) delete[] kept_[--count_];
    }

    // Gives a buffer; nullptr when there is no memory for another.
    [[nodiscard]] std::byte* take() noexcept {
        return count_ > 0 ? kept_[--count_] : new (std::nothrow) std::byte[size];
    }
    void put_back(std::byte* buffer) noexcept {
        if (count_ == most_kept) delete[] buffer;
        else kept_[count_++] = buffer;
    }

private:
    std::byte* kept_[most_kept];
    std::size_t count_ = 0;
};

}  // namespace detail

// Bytes in a buffer that a loop lends; it goes back when this goes. None are left over for the next read: take them all.
// It must not outlive its loop.
class lent_bytes {
public:
    lent_bytes() = default;
    lent_bytes(detail::buffer_pool& pool, std::byte* buffer, std::size_t size) noexcept : pool_(&pool), data_(buffer), size_(size) {}
    lent_bytes(lent_bytes&& other) noexcept
        : pool_(other.pool_), data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}
    lent_bytes& operator=(lent_bytes other) noexcept {
        std::swap(pool_, other.pool_);
        std::swap(data_, other.data_);
        std::swap(size_, other.size_);
        return *this;
    }
    ~lent_bytes() {
        if (data_) pool_->put_back(data_);
    }

    [[nodiscard]] std::byte* data() noexcept { return data_; }
    [[nodiscard]] const std::byte* data() const noexcept { return data_; }
    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    // Whether there are none: the end of the stream.
    [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
    [[nodiscard]] std::string_view text() const noexcept { return {reinterpret_cast<const char*>(data_), size_}; }

private:
    detail::buffer_pool* pool_ = nullptr;
    std::byte* data_ = nullptr;
    std::size_t size_ = 0;
};

}  // namespace plumb
