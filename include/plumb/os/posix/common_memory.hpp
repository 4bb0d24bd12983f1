// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/os/common_memory.hpp>
#include <plumb/os/posix/failure.hpp>

#include <limits>
#include <sys/mman.h>

namespace plumb::inline v0_1::os {

// Calls: mmap(MAP_SHARED | MAP_ANONYMOUS), munmap.
template <class T>
class common_memory {
    static_assert(std::is_trivially_copyable_v<T>, "what processes have in common is plain data");

public:
    [[nodiscard]] static answer<common_memory> of(std::size_t count) noexcept {
        constexpr auto most = (std::numeric_limits<std::size_t>::max)() / sizeof(T);
        if (count == 0 || count > most) return failure(verb::open, std::errc::invalid_argument);
        auto size = count * sizeof(T);
        auto made = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        if (made == MAP_FAILED) return failure(last_error(verb::open));
        return common_memory(static_cast<T*>(made), size);
    }

    common_memory() = default;
    common_memory(common_memory&& other) noexcept : first_(std::exchange(other.first_, nullptr)), size_(other.size_) {}
    common_memory& operator=(common_memory other) noexcept {
        std::swap(first_, other.first_);
        std::swap(size_, other.size_);
        return *this;
    }
    ~common_memory() {
        if (first_) ::munmap(first_, size_);
    }

    [[nodiscard]] T& operator[](std::size_t index) const noexcept { return first_[index]; }

private:
    common_memory(T* first, std::size_t size) noexcept : first_(first), size_(size) {}

    T* first_ = nullptr;
    std::size_t size_ = 0;
};

}  // namespace plumb::os
