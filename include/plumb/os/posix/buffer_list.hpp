// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/os/platform.hpp>
#include <plumb/os/slice.hpp>

#include <cstddef>
#include <sys/uio.h>

namespace plumb::inline v0_1::os {

// Buffers as the kernel lists them: as many of the first as one call takes.
class buffer_list {
public:
    static constexpr std::size_t most = 1024;    // IOV_MAX: writev(2), "NOTES"

    template <class Buffer>
    explicit buffer_list(slice<const Buffer> buffers) noexcept {
        for (auto& buffer : buffers) {
            if (buffer.empty()) continue;    // a list of nothing else would read as the end of a stream
            if (size_ == most) break;
            list_[size_++] = {const_cast<std::byte*>(buffer.data()), buffer.size()};
        }
    }

    [[nodiscard]] iovec* data() noexcept { return list_; }
    [[nodiscard]] std::size_t size() const noexcept { return size_; }

private:
    iovec list_[most];
    std::size_t size_ = 0;
};

}  // namespace plumb::os
