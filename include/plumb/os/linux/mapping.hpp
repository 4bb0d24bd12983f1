// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/os/handle.hpp>

#include <cstddef>
#include <cstdint>
#include <sys/mman.h>
#include <utility>

// Parts of the address space that the kernel takes a part in.

namespace plumb::inline v0_1::os {

// Part of the address space that is shared with the kernel, or private.
class mapping {
public:
    mapping() = default;
    mapping(std::size_t size, int flags, handle file, std::int64_t at) noexcept
        : start_(::mmap(nullptr, size, PROT_READ | PROT_WRITE, flags, file, static_cast<off_t>(at))), size_(size) {
        if (start_ == MAP_FAILED) start_ = nullptr;
    }
    mapping(mapping&& other) noexcept : start_(std::exchange(other.start_, nullptr)), size_(other.size_) {}
    mapping& operator=(mapping&& other) noexcept {
        std::swap(start_, other.start_);
        std::swap(size_, other.size_);
        return *this;
    }
    ~mapping() {
        if (start_) ::munmap(start_, size_);
    }

    explicit operator bool() const noexcept { return start_; }
    template <class T>
    [[nodiscard]] T* at(std::size_t offset = 0) const noexcept {
        return static_cast<T*>(static_cast<void*>(static_cast<std::byte*>(start_) + offset));
    }

private:
    void* start_ = nullptr;
    std::size_t size_ = 0;
};

// Tells the process that made it from its children, with whom it shares what the kernel keeps for it.
// Cost: a page. Calls: mmap, madvise.
class fork_mark {
public:
    void make() noexcept {
        byte_ = mapping(1, MAP_PRIVATE | MAP_ANONYMOUS, none, 0);
        if (!is_made()) return;
        ::madvise(byte_.at<void>(), 1, MADV_WIPEONFORK);
        *byte_.at<unsigned char>() = 1;
    }

    [[nodiscard]] bool is_made() const noexcept { return static_cast<bool>(byte_); }
    [[nodiscard]] bool is_ours() const noexcept { return *byte_.at<unsigned char>() == 1; }

private:
    mapping byte_;    // 0 in a child
};

}  // namespace plumb::os
