// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/address/ip.hpp>
#include <plumb/address/text.hpp>

#include <compare>
#include <cstddef>
#include <cstdint>
#include <string_view>

// A network: all addresses that begin with the same bits, written 10.0.0.0/8 (CIDR, RFC 4632).

namespace plumb::inline v0_1 {

class ip_prefix {
public:
    static constexpr std::size_t max_text_size = 39 + 4;    // no scope

    // 0.0.0.0/0
    constexpr ip_prefix() = default;

    // The network of this length that the address lies in. Its host bits and its scope are dropped.
    // Errors: std::errc::result_out_of_range for a length beyond 32 (IPv4) or 128 (IPv6).
    [[nodiscard]] static constexpr result<ip_prefix> of(const ip_address& address, unsigned length) noexcept {
        if (length > size_of(address)) return failure(verb::convert, std::errc::result_out_of_range);
        return ip_prefix(masked(address, length, false), length);
    }

    // Reads an address without scope, a slash and a length without leading zeros.
    // Errors: condition::invalid_text with the offset of the first wrong character; where the address has bits beyond the
    // length, that of the length.
    [[nodiscard]] static constexpr result<ip_prefix> parse(std::string_view text) noexcept;

    [[nodiscard]] constexpr const ip_address& address() const& noexcept { return address_; }
    [[nodiscard]] constexpr ip_address address() const&& noexcept { return address_; }
    [[nodiscard]] constexpr unsigned length() const noexcept { return length_; }
    // The first address, which names the network.
    [[nodiscard]] constexpr ip_address first() const noexcept { return address_; }
    // The last address, which is the broadcast address of an IPv4 network.
    [[nodiscard]] constexpr ip_address last() const noexcept { return masked(address_, length_, true); }

    // True for an address of the same version that begins with this prefix, whatever its scope.
    [[nodiscard]] constexpr bool contains(const ip_address& address) const noexcept {
        return address.is_v4() == address_.is_v4() && masked(address, length_, false) == address_;
    }
    [[nodiscard]] constexpr bool contains(const ip_prefix& other) const noexcept {
        return other.length_ >= length_ && contains(other.address_);
    }
    [[nodiscard]] constexpr bool overlaps(const ip_prefix& other) const noexcept { return contains(other) || other.contains(*this); }

    constexpr char* write_text(char* out) const noexcept {
        out = address_.write_text(out);
        *out++ = '/';
        return detail::write_decimal(out, length_);
    }

    friend constexpr bool operator==(const ip_prefix&, const ip_prefix&) noexcept = default;
    friend constexpr auto operator<=>(const ip_prefix&, const ip_prefix&) noexcept = default;

private:
    constexpr ip_prefix(const ip_address& address, unsigned length) noexcept
        : address_(address), length_(static_cast<std::uint8_t>(length)) {}

    [[nodiscard]] static constexpr unsigned size_of(const ip_address& address) noexcept { return address.is_v4() ? 32 : 128; }

    // The bits from `length` on, of 64.
    [[nodiscard]] static constexpr std::uint64_t host_bits(unsigned length) noexcept {
        return length >= 64 ? 0 : ~std::uint64_t{0} >> length;
    }
    [[nodiscard]] static constexpr std::uint64_t masked(std::uint64_t bits, unsigned length, bool ones) noexcept {
        return ones ? bits | host_bits(length) : bits & ~host_bits(length);
    }
    // The address with all its host bits set or cleared, without scope.
    [[nodiscard]] static constexpr ip_address masked(const ip_address& address, unsigned length, bool ones) noexcept {
        if (address.is_v4()) return ipv4_address::from_uint(static_cast<std::uint32_t>(masked(address.v4().to_uint(), 32 + length, ones)));
        const auto& v6 = address.v6();
        return ipv6_address::from_uints(masked(v6.upper(), length, ones), masked(v6.lower(), length < 64 ? 0 : length - 64, ones));
    }

    ip_address address_;
    std::uint8_t length_ = 0;
};

namespace detail {

constexpr bool read_prefix(cursor& text, ip_prefix& prefix) noexcept {
    ip_address address;
    if (!read_ip<read_unscoped_ipv6>(text, address) || !text.skip('/')) return false;
    const auto length_text = text;
    std::uint32_t length;
    if (!read_decimal(text, address.is_v4() ? 32 : 128, length)) return false;
    prefix = *ip_prefix::of(address, length);
    if (prefix.address() == address || !text.at_end()) return true;    // what follows is what is wrong
    text = length_text;
    return false;
}

}  // namespace detail

constexpr result<ip_prefix> ip_prefix::parse(std::string_view text) noexcept {
    return detail::parse_all<ip_prefix, detail::read_prefix>(text);
}

}  // namespace plumb

template <>
struct std::hash<plumb::ip_prefix> {
    [[nodiscard]] std::size_t operator()(const plumb::ip_prefix& prefix) const noexcept {
        return plumb::detail::mixed(std::hash<plumb::ip_address>()(prefix.address()), prefix.length());
    }
};
