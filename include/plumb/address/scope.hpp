// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/address/text.hpp>

#include <array>
#include <bit>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <string_view>

// The zone of a scoped IPv6 address (RFC 4007): on which link fe80::1 is meant.

namespace plumb::inline v0_1 {

class ipv6_scope;

namespace detail {

constexpr bool read_scope(cursor& text, ipv6_scope& scope) noexcept;

}  // namespace detail

// Nothing, the number of an interface, or its name, which is kept here and resolved when a socket first needs it.
// A number and a name are different values, even where the system would say that they mean the same link.
class ipv6_scope {
public:
    static constexpr std::size_t max_name_size = 15;    // IFNAMSIZ without its NUL
    static constexpr std::size_t max_text_size = 15;

    constexpr ipv6_scope() = default;

    // The scope with this number; 0 is no scope.
    [[nodiscard]] static constexpr ipv6_scope from_number(std::uint32_t number) noexcept {
        ipv6_scope scope;
        if (number == 0) return scope;
        auto bytes = std::bit_cast<std::array<char, 4>>(number);
        for (std::size_t i = 0; i < 4; ++i) scope.name_[i] = bytes[i];
        scope.size_ = is_a_number;
        return scope;
    }
    // The scope with this name of 1 to 15 bytes: no blanks or control characters, none of / : % [ ], not only digits, not . or ..
    // Errors: condition::invalid_text with the offset of the first wrong character.
    [[nodiscard]] static constexpr result<ipv6_scope> from_name(std::string_view name) noexcept;
    // A number from 0 to 4294967295 without leading zeros, or a name.
    [[nodiscard]] static constexpr result<ipv6_scope> parse(std::string_view text) noexcept;

    [[nodiscard]] constexpr bool is_none() const noexcept { return size_ == 0; }
    [[nodiscard]] constexpr bool is_number() const noexcept { return size_ == is_a_number; }
    [[nodiscard]] constexpr bool is_name() const noexcept { return !is_none() && !is_number(); }

    // The number; 0 where there is none.
    [[nodiscard]] constexpr std::uint32_t number() const noexcept {
        return is_number() ? std::bit_cast<std::uint32_t>(std::array{name_[0], name_[1], name_[2], name_[3]}) : 0;
    }
    // The name, as long as this scope lives; empty where there is none.
    [[nodiscard]] constexpr std::string_view name() const noexcept {
        return {name_.data(), is_name() ? std::size_t{size_} : 0};
    }

    constexpr char* write_text(char* out) const noexcept {
        return is_number() ? detail::write_decimal(out, number()) : detail::write(out, name());
    }

    friend constexpr bool operator==(const ipv6_scope&, const ipv6_scope&) noexcept = default;
    // Nothing first, then numbers, then names.
    friend constexpr std::strong_ordering operator<=>(const ipv6_scope& left, const ipv6_scope& right) noexcept {
        if (auto order = left.is_name() <=> right.is_name(); order != 0) return order;
        if (auto order = left.number() <=> right.number(); order != 0) return order;
        return left.name() <=> right.name();
    }

private:
    friend constexpr bool detail::read_scope(detail::cursor& text, ipv6_scope& scope) noexcept;
    static constexpr std::uint8_t is_a_number = 255;

    std::array<char, max_name_size> name_{};    // a number lies in its first four bytes
    std::uint8_t size_ = 0;
};

namespace detail {

[[nodiscard]] constexpr bool is_scope_character(char character) noexcept {
    switch (character) {
    case '/': case ':': case '%': case '[': case ']': case 0x7f: return false;
    default: return static_cast<unsigned char>(character) > ' ';
    }
}

// Reads as far as a scope can go. What is all digits is a number, and goes wrong at the digit that makes it none.
constexpr bool read_scope(cursor& text, ipv6_scope& scope) noexcept {
    const auto start = text.at;
    auto stop = start;
    bool is_number = true;
    for (; stop != text.end && is_scope_character(*stop); ++stop) is_number &= digit(*stop) <= 9;
    std::string_view name(start, static_cast<std::size_t>(stop - start));
    if (name.empty()) return false;
    if (is_number) {
        std::uint32_t number;
        if (!read_decimal(text, 0xffff'ffff, number) || text.at != stop) return false;
        scope = ipv6_scope::from_number(number);
        return true;
    }
    text.at = name.size() > ipv6_scope::max_name_size ? start + ipv6_scope::max_name_size : stop;
    if (text.at != stop || name == "." || name == "..") return false;
    scope = {};
    write(scope.name_.data(), name);
    scope.size_ = static_cast<std::uint8_t>(name.size());
    return true;
}

}  // namespace detail

constexpr result<ipv6_scope> ipv6_scope::parse(std::string_view text) noexcept {
    return detail::parse_all<ipv6_scope, detail::read_scope>(text);
}

constexpr result<ipv6_scope> ipv6_scope::from_name(std::string_view name) noexcept {
    auto scope = parse(name);
    if (scope && !scope->is_name()) return failure(verb::parse, condition::invalid_text, static_cast<std::uint32_t>(name.size()));
    return scope;
}

}  // namespace plumb

template <>
struct std::hash<plumb::ipv6_scope> {
    [[nodiscard]] std::size_t operator()(const plumb::ipv6_scope& scope) const noexcept {
        return scope.is_name() ? std::hash<std::string_view>()(scope.name()) : plumb::detail::mixed(scope.number());
    }
};
