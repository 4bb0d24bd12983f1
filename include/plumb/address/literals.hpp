// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/address/endpoint.hpp>
#include <plumb/address/ip.hpp>
#include <plumb/address/prefix.hpp>

#include <cstddef>
#include <string_view>

// Addresses as literals, checked by the compiler: "127.0.0.1"_ip, "[::1]:80"_endpoint, "10.0.0.0/8"_prefix.

namespace plumb::inline v0_1 {

namespace detail {

// A text as a template argument, so that a static_assert can speak about it.
template <std::size_t Size>
struct literal_text {
    char characters[Size];

    consteval literal_text(const char (&text)[Size]) noexcept {
        for (std::size_t i = 0; i < Size; ++i) characters[i] = text[i];
    }
    [[nodiscard]] constexpr std::string_view view() const noexcept { return {characters, Size - 1}; }
};

}  // namespace detail

inline namespace literals {

template <detail::literal_text Text>
[[nodiscard]] consteval ip_address operator""_ip() {
    constexpr auto parsed = ip_address::parse(Text.view());
    static_assert(parsed.has_value(), "not an IP address");
    return parsed.value_or(ip_address());
}

template <detail::literal_text Text>
[[nodiscard]] consteval endpoint operator""_endpoint() {
    constexpr auto parsed = endpoint::parse(Text.view());
    static_assert(parsed.has_value(), "not an endpoint (1.2.3.4:80 or [::1]:80)");
    return parsed.value_or(endpoint());
}

template <detail::literal_text Text>
[[nodiscard]] consteval ip_prefix operator""_prefix() {
    constexpr auto parsed = ip_prefix::parse(Text.view());
    static_assert(parsed.has_value(), "not an IP prefix (10.0.0.0/8, without bits beyond its length)");
    return parsed.value_or(ip_prefix());
}

}  // namespace literals

}  // namespace plumb
