// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/address/port.hpp>
#include <plumb/address/text.hpp>
#include <plumb/core/result.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>

// What may be asked of a resolver at all. Resolvers are lenient: theirs take 127.1 and 0x7f.1 for addresses, 65616 for a
// port, and cut a name at its first NUL. None of that reaches them.

namespace plumb::inline v0_1::detail {

inline constexpr std::string_view hex_characters = "0123456789abcdefABCDEF";
inline constexpr std::string_view letter_characters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

// Where the first blank or control character stands; npos where there is none. Bytes of UTF-8 are the resolver's to judge.
[[nodiscard]] constexpr std::size_t find_invisible(std::string_view text) noexcept {
    for (std::size_t i = 0; i < text.size(); ++i)
        if (static_cast<unsigned char>(text[i]) <= ' ' || text[i] == 0x7f) return i;
    return text.npos;
}

// Whether a label is a number as inet_aton reads them: a name that ends in one was meant as an address.
// Source: URL Standard section 3.5, "ends in a number checker"
[[nodiscard]] constexpr bool is_number(std::string_view label) noexcept {
    if (label.starts_with("0x") || label.starts_with("0X")) return label.find_first_not_of(hex_characters, 2) == label.npos;
    return label.find_first_not_of("0123456789") == label.npos;
}

[[nodiscard]] constexpr bool is_label(std::string_view label) noexcept {
    constexpr std::string_view forbidden = "#%/:<>?@[\\]^|";    // URL Standard section 3.1, "forbidden domain code point"
    return !label.empty() && label.size() <= 63 &&              // RFC 1035 section 2.3.4
           find_invisible(label) == label.npos && label.find_first_of(forbidden) == label.npos;
}

// Whether the text can be a host's name: labels between dots, and perhaps a dot at the end.
[[nodiscard]] constexpr bool is_host_name(std::string_view name) noexcept {
    if (name.ends_with('.')) name.remove_suffix(1);
    if (name.size() > 253) return false;    // 255 bytes with its lengths and the root: RFC 1035 section 2.3.4
    for (;;) {
        auto dot = name.find('.');
        auto label = name.substr(0, dot);
        if (!is_label(label)) return false;
        if (dot == name.npos) return !is_number(label);
        name.remove_prefix(dot + 1);
    }
}

// Checks a service: a port's number, or a name, which has a letter in it and begins with a letter or a digit.
// Source: RFC 6335 section 5.1
[[nodiscard]] constexpr result<void> check_service(verb operation, std::string_view service) noexcept {
    if (service.find_first_of(letter_characters) == service.npos) {
        auto number = port::parse(service);
        if (!number) return failure(number.error().during(operation));
        return {};
    }
    auto begins_well = digit(service.front()) <= 9 || letter_characters.find(service.front()) != letter_characters.npos;
    auto wrong = begins_well ? find_invisible(service) : 0;
    if (wrong == service.npos) return {};
    return failure(operation, condition::invalid_text, static_cast<std::uint32_t>(wrong));
}

}  // namespace plumb::detail
