// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/core/least.hpp>
#include <plumb/core/result.hpp>

#include <cstddef>

namespace plumb::inline v0_1 {

// A message that has been received. An empty one is a message too, and no end.
struct received {
    std::size_t size;         // bytes in the buffer
    bool truncated;           // the rest did not fit and is gone
    std::size_t full_size;    // bytes that were sent; at least that many on a system that does not know
};

namespace detail {

// What a receiving call's size means for buffers with that much room.
[[nodiscard]] inline result<received> arrival(result<std::size_t> size, std::size_t room) noexcept {
    if (!size) return failure(size.error());
    return received{least(*size, room), *size > room, *size};
}

}  // namespace detail

}  // namespace plumb
