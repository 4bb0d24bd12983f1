// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/address/text.hpp>
#include <plumb/core/byte_order.hpp>

#include <array>
#include <bit>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <string_view>

// An IPv4 address: four bytes, of which a prefix names the network and the rest the host.

namespace plumb::inline v0_1 {

class ipv4_address {
public:
    static constexpr std::size_t max_text_size = 15;    // 255.255.255.255

    constexpr ipv4_address() = default;
    // The address a.b.c.d. Each is a std::uint8_t, or a constant that fits into one.
    constexpr ipv4_address(detail::part<std::uint8_t> a, detail::part<std::uint8_t> b, detail::part<std::uint8_t> c,
                           detail::part<std::uint8_t> d) noexcept
        : value_(std::uint32_t{a.value()} << 24 | std::uint32_t{b.value()} << 16 | std::uint32_t{c.value()} << 8 | d.value()) {}
    // The address that lies on the wire so: in the network's order.
    constexpr explicit ipv4_address(const std::array<std::byte, 4>& wire) noexcept
        : value_(from_network(std::bit_cast<std::uint32_t>(wire))) {}

    // The address whose number in this machine's order is given: 0x7f000001 is 127.0.0.1.
    [[nodiscard]] static constexpr ipv4_address from_uint(std::uint32_t number) noexcept {
        ipv4_address address;
        address.value_ = number;
        return address;
    }
    // Every local interface, as INADDR_ANY: to listen or bind on, never a destination.
    [[nodiscard]] static constexpr ipv4_address any() noexcept { return {}; }
    [[nodiscard]] static constexpr ipv4_address loopback() noexcept { return {127, 0, 0, 1}; }
    [[nodiscard]] static constexpr ipv4_address broadcast() noexcept { return {255, 255, 255, 255}; }

    // Reads four decimal octets without leading zeros and with nothing around them.
    // Errors: condition::invalid_text with the offset of the first wrong character.
    [[nodiscard]] static constexpr result<ipv4_address> parse(std::string_view text) noexcept;

    [[nodiscard]] constexpr std::uint32_t to_uint() const noexcept { return value_; }
    // The four bytes in the network's order.
    [[nodiscard]] constexpr std::array<std::byte, 4> to_bytes() const noexcept {
        return std::bit_cast<std::array<std::byte, 4>>(to_network(value_));
    }

    [[nodiscard]] constexpr bool is_unspecified() const noexcept { return value_ == 0; }                  // RFC 1122 section 3.2.1.3
    [[nodiscard]] constexpr bool is_loopback() const noexcept { return under({127, 0, 0, 0}, 8); }        // RFC 1122 section 3.2.1.3
    [[nodiscard]] constexpr bool is_broadcast() const noexcept { return value_ == 0xffff'ffff; }          // RFC 919 section 7
    [[nodiscard]] constexpr bool is_link_local() const noexcept { return under({169, 254, 0, 0}, 16); }   // RFC 3927 section 2.1
    [[nodiscard]] constexpr bool is_multicast() const noexcept { return under({224, 0, 0, 0}, 4); }       // RFC 5771 section 3
    [[nodiscard]] constexpr bool is_shared() const noexcept { return under({100, 64, 0, 0}, 10); }        // RFC 6598 section 7
    [[nodiscard]] constexpr bool is_benchmarking() const noexcept { return under({198, 18, 0, 0}, 15); }  // RFC 2544 appendix C.2.2
    [[nodiscard]] constexpr bool is_private() const noexcept {                                            // RFC 1918 section 3
        return under({10, 0, 0, 0}, 8) || under({172, 16, 0, 0}, 12) || under({192, 168, 0, 0}, 16);
    }
    [[nodiscard]] constexpr bool is_documentation() const noexcept {                                      // RFC 5737 section 3
        return under({192, 0, 2, 0}, 24) || under({198, 51, 100, 0}, 24) || under({203, 0, 113, 0}, 24);
    }
    // Kept for the future, which does not include the broadcast address.
    [[nodiscard]] constexpr bool is_reserved() const noexcept {
        return under({240, 0, 0, 0}, 4) && !is_broadcast();                                               // RFC 1112 section 4
    }
    // An address of one host that the whole Internet can reach, by IANA's special-purpose registry (RFC 6890, RFC 8190).
    [[nodiscard]] constexpr bool is_global() const noexcept;

    constexpr char* write_text(char* out) const noexcept;

    friend constexpr bool operator==(ipv4_address, ipv4_address) noexcept = default;
    friend constexpr auto operator<=>(ipv4_address, ipv4_address) noexcept = default;

private:
    [[nodiscard]] constexpr bool under(ipv4_address network, int length) const noexcept {
        return (value_ ^ network.value_) >> (32 - length) == 0;
    }

    std::uint32_t value_ = 0;
};

constexpr bool ipv4_address::is_global() const noexcept {
    if (under({0, 0, 0, 0}, 8)) return false;                        // this network: RFC 791 section 3.2
    if (under({192, 0, 0, 0}, 24))                                   // protocol assignments: RFC 6890 section 2.1
        return *this == ipv4_address(192, 0, 0, 9)                   // port control anycast: RFC 7723 section 6
            || *this == ipv4_address(192, 0, 0, 10);                 // TURN anycast: RFC 8155 section 8
    if (under({192, 88, 99, 0}, 24)) return false;                   // retired 6to4 relays: RFC 7526 section 4
    if (under({224, 0, 0, 0}, 3)) return false;                      // multicast, reserved, broadcast
    return !is_private() && !is_loopback() && !is_link_local() && !is_shared() && !is_documentation() && !is_benchmarking();
}

namespace detail {

constexpr bool read_octet(cursor& text, std::uint32_t& value) noexcept {
    return read_decimal(text, 255, value);
}

constexpr bool read_ipv4(cursor& text, ipv4_address& address) noexcept {
    std::uint32_t a, b, c, d;
    if (!read_octet(text, a) || !text.skip('.') || !read_octet(text, b) || !text.skip('.') || !read_octet(text, c) ||
        !text.skip('.') || !read_octet(text, d)) return false;
    address = ipv4_address::from_uint(a << 24 | b << 16 | c << 8 | d);
    return true;
}

struct octet_text {
    char characters[3];
    std::uint8_t size;
};

constexpr octet_text octet_text_of(std::uint32_t value) noexcept {
    auto digit_of = [](std::uint32_t number) { return static_cast<char>('0' + number % 10); };
    if (value < 10) return {{digit_of(value)}, 1};
    if (value < 100) return {{digit_of(value / 10), digit_of(value)}, 2};
    return {{digit_of(value / 100), digit_of(value / 10), digit_of(value)}, 3};
}

inline constexpr auto octet_texts = [] {
    table<octet_text, 256> texts{};
    for (std::uint32_t value = 0; value < 256; ++value) texts.of[value] = octet_text_of(value);
    return texts;
}();

// Writes an octet of one to three digits, and always three characters.
constexpr char* write_octet(char* out, std::uint32_t value) noexcept {
    const auto& text = octet_texts.of[value & 0xff];
    std::char_traits<char>::copy(out, text.characters, 3);
    return out + text.size;
}

}  // namespace detail

constexpr result<ipv4_address> ipv4_address::parse(std::string_view text) noexcept {
    return detail::parse_all<ipv4_address, detail::read_ipv4>(text);
}

constexpr char* ipv4_address::write_text(char* out) const noexcept {
    out = detail::write_octet(out, value_ >> 24);
    *out++ = '.';
    out = detail::write_octet(out, value_ >> 16);
    *out++ = '.';
    out = detail::write_octet(out, value_ >> 8);
    *out++ = '.';
    return detail::write_octet(out, value_);
}

}  // namespace plumb

template <>
struct std::hash<plumb::ipv4_address> {
    [[nodiscard]] constexpr std::size_t operator()(plumb::ipv4_address address) const noexcept {
        return plumb::detail::mixed(address.to_uint());
    }
};
