// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/address/text.hpp>

#include <compare>
#include <cstddef>
#include <cstdint>
#include <string_view>

// A port of TCP or UDP: 16 bits that name one conversation's end on a host. Each protocol has its own set of them.

namespace plumb::inline v0_1 {

namespace detail {

void a_port_is_a_number_from_0_to_65535();    // never defined: its name is the compiler's message

}  // namespace detail

class port {
public:
    static constexpr std::size_t max_text_size = 5;

    // Port 0.
    constexpr port() = default;
    // A port written as a number: only a constant from 0 to 65535 compiles. For a run-time number there is from().
    template <detail::number T>
    consteval port(T number) noexcept : number_(static_cast<std::uint16_t>(number)) {
        if (!detail::fits<std::uint16_t>(number)) detail::a_port_is_a_number_from_0_to_65535();
    }

    // The port with this number, in this machine's order.
    // Errors: std::errc::result_out_of_range outside of 0 to 65535.
    template <detail::number T>
    [[nodiscard]] static constexpr result<port> from(T number) noexcept {
        if (!detail::fits<std::uint16_t>(number)) return failure(verb::convert, std::errc::result_out_of_range);
        return port(static_cast<std::uint16_t>(number), unchecked());
    }
    // Asks the system to choose a free port, where one is bound.
    [[nodiscard]] static constexpr port any() noexcept { return {}; }

    // Reads a decimal number from 0 to 65535 without sign, blanks or leading zeros.
    // Errors: condition::invalid_text with the offset of the first wrong character.
    [[nodiscard]] static constexpr result<port> parse(std::string_view text) noexcept;

    // The number in this machine's order.
    [[nodiscard]] constexpr std::uint16_t number() const noexcept { return number_; }
    // Given out by IANA, and on many systems only bound with privilege.
    [[nodiscard]] constexpr bool is_reserved() const noexcept { return number_ < 1024; }     // RFC 6335 section 6: system ports
    [[nodiscard]] constexpr bool is_dynamic() const noexcept { return number_ >= 49152; }    // RFC 6335 section 6: never given out

    constexpr char* write_text(char* out) const noexcept { return detail::write_decimal(out, number_); }

    friend constexpr bool operator==(port, port) noexcept = default;
    friend constexpr auto operator<=>(port, port) noexcept = default;

private:
    struct unchecked {};
    constexpr port(std::uint16_t number, unchecked) noexcept : number_(number) {}

    std::uint16_t number_ = 0;
};

namespace detail {

constexpr bool read_port(cursor& text, port& value) noexcept {
    std::uint32_t number;
    if (!read_decimal(text, 65535, number)) return false;
    value = *port::from(number);
    return true;
}

}  // namespace detail

constexpr result<port> port::parse(std::string_view text) noexcept {
    return detail::parse_all<port, detail::read_port>(text);
}

}  // namespace plumb

template <>
struct std::hash<plumb::port> {
    [[nodiscard]] constexpr std::size_t operator()(plumb::port value) const noexcept { return plumb::detail::mixed(value.number()); }
};
