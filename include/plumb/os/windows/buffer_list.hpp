// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/core/least.hpp>
#include <plumb/os/slice.hpp>
#include <plumb/os/windows/api.hpp>

#include <cstddef>

namespace plumb::inline v0_1::os {

// Buffers as Winsock lists them: as many of the first as one call takes here.
class buffer_list {
public:
    static constexpr std::size_t most = 1024;
    static constexpr std::size_t most_bytes = 1 << 30;    // in one of them

    template <class Buffer>
    explicit buffer_list(slice<const Buffer> buffers) noexcept
        : size_(static_cast<DWORD>(detail::least(buffers.size(), most))) {
        for (DWORD i = 0; i < size_; ++i) {
            list_[i] = {static_cast<ULONG>(detail::least(buffers[i].size(), most_bytes)),
                        reinterpret_cast<char*>(const_cast<std::byte*>(buffers[i].data()))};
            bytes_ += list_[i].len;
            if (buffers[i].size() > most_bytes) size_ = i + 1;    // a stream's next bytes would be other ones
        }
        if (size_ == 0) list_[size_++] = {0, nullptr};
    }

    [[nodiscard]] WSABUF* data() noexcept { return list_; }
    [[nodiscard]] DWORD size() const noexcept { return size_; }
    [[nodiscard]] std::size_t bytes() const noexcept { return bytes_; }

private:
    WSABUF list_[most];
    DWORD size_;
    std::size_t bytes_ = 0;
};

}  // namespace plumb::os
