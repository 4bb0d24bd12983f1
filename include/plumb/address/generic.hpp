// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/core/bytes.hpp>

#include <array>
#include <cstddef>
#include <cstdint>

// The address of a protocol that plumb has no type for: bytes that only the system understands.

namespace plumb::inline v0_1 {

// A sockaddr as raw bytes, the family's number included, at most 128 of them. Longer ones are cut.
class generic_address {
public:
    static constexpr std::size_t most_bytes = 128;

    constexpr generic_address() = default;
    constexpr explicit generic_address(bytes raw) noexcept : size_(raw.size() < most_bytes ? raw.size() : most_bytes) {
        for (std::size_t i = 0; i < size_; ++i) raw_[i] = raw[i];
    }

    [[nodiscard]] constexpr bytes to_bytes() const noexcept { return std::span<const std::byte>(raw_.data(), size_); }

    friend constexpr bool operator==(const generic_address& left, const generic_address& right) noexcept {
        return left.size_ == right.size_ && left.raw_ == right.raw_;
    }

private:
    std::array<std::byte, most_bytes> raw_{};
    std::size_t size_ = 0;
};

}  // namespace plumb
