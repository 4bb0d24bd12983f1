// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/core/version.hpp>

#include <array>
#include <bit>
#include <compare>
#include <concepts>
#include <cstddef>
#include <cstdint>

// The order of bytes on the wire. RFC 1700 calls big-endian the network's order.

namespace plumb::inline v0_1 {

#if defined(__SIZEOF_INT128__)
__extension__ typedef unsigned __int128 uint128;
__extension__ typedef __int128 int128;
#define PLUMB_HAS_INT128 1
#endif

namespace detail {

template <class T, class... Choices>
concept any_of = (std::same_as<T, Choices> || ...);

}  // namespace detail

// The integers that have a byte order: 16, 32, 64 and, where there is a type, 128 bits.
template <class T>
concept wire_integer = (std::integral<T> && sizeof(T) > 1 && !detail::any_of<T, wchar_t, char16_t, char32_t>)
#if defined(PLUMB_HAS_INT128)
                       || detail::any_of<T, uint128, int128>
#endif
    ;

namespace detail {

template <wire_integer T>
[[nodiscard]] constexpr T reversed(T value) noexcept {
    if constexpr (sizeof(T) <= 8) {
        return std::byteswap(value);
    } else {
        auto high = static_cast<std::uint64_t>(value >> 64), low = static_cast<std::uint64_t>(value);
        return static_cast<T>(static_cast<T>(std::byteswap(low)) << 64 | std::byteswap(high));
    }
}

template <std::endian Order, wire_integer T>
[[nodiscard]] constexpr T in_order(T value) noexcept {
    if constexpr (Order == std::endian::native) return value;
    else return reversed(value);
}

// An integer as it lies on the wire: bytes in the named order, without alignment or padding.
template <std::endian Order, wire_integer T>
class ordered {
public:
    using value_type = T;

    constexpr ordered() = default;
    constexpr ordered(T value) noexcept
        : bytes_(std::bit_cast<std::array<std::byte, sizeof(T)>>(in_order<Order>(value))) {}
    constexpr explicit ordered(std::array<std::byte, sizeof(T)> wire) noexcept : bytes_(wire) {}

    [[nodiscard]] constexpr T value() const noexcept { return in_order<Order>(std::bit_cast<T>(bytes_)); }
    constexpr operator T() const noexcept { return value(); }
    // The bytes as they lie on the wire.
    [[nodiscard]] constexpr std::array<std::byte, sizeof(T)> to_bytes() const noexcept { return bytes_; }

    friend constexpr bool operator==(ordered, ordered) noexcept = default;
    friend constexpr auto operator<=>(ordered left, ordered right) noexcept { return left.value() <=> right.value(); }

private:
    std::array<std::byte, sizeof(T)> bytes_{};
};

}  // namespace detail

// Turns a number of this machine into the network's order: htons, htonl and their bigger kin.
template <wire_integer T>
[[nodiscard]] constexpr T to_network(T value) noexcept { return detail::in_order<std::endian::big>(value); }

// Turns a number in the network's order into one of this machine: ntohs, ntohl and their bigger kin.
template <wire_integer T>
[[nodiscard]] constexpr T from_network(T value) noexcept { return detail::in_order<std::endian::big>(value); }

// A number that lies in memory most significant byte first; a struct of these is a wire format.
template <wire_integer T>
using big = detail::ordered<std::endian::big, T>;

// A number that lies in memory least significant byte first.
template <wire_integer T>
using little = detail::ordered<std::endian::little, T>;

}  // namespace plumb
