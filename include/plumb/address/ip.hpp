// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/address/ipv4.hpp>
#include <plumb/address/ipv6.hpp>
#include <plumb/address/text.hpp>

#include <compare>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <string_view>

// An IP address of either version.

namespace plumb::inline v0_1 {

class ip_address {
public:
    static constexpr std::size_t max_text_size = ipv6_address::max_text_size;

    // 0.0.0.0
    constexpr ip_address() noexcept : ip_address(ipv4_address()) {}
    constexpr ip_address(ipv4_address address) noexcept : address_(ipv6_address::mapped(address)), is_v4_(true) {}
    constexpr ip_address(const ipv6_address& address) noexcept : address_(address), is_v4_(false) {}

    // Reads what one of the two parsers takes.
    // Errors: condition::invalid_text with the offset of the first wrong character: for IPv6 where the text has a colon, else for IPv4.
    [[nodiscard]] static constexpr result<ip_address> parse(std::string_view text) noexcept;

    [[nodiscard]] constexpr bool is_v4() const noexcept { return is_v4_; }
    [[nodiscard]] constexpr bool is_v6() const noexcept { return !is_v4_; }
    // The address as what it is. Asking for the version that it is not is a mistake in the program, which ends it.
    [[nodiscard]] constexpr ipv4_address v4() const noexcept {
        if (!is_v4_) wrong_version("v4() of an ip_address that is IPv6: ask is_v4() first");
        return as_v4();
    }
    [[nodiscard]] constexpr const ipv6_address& v6() const& noexcept {
        if (is_v4_) wrong_version("v6() of an ip_address that is IPv4: ask is_v6() first");
        return address_;
    }
    [[nodiscard]] constexpr ipv6_address v6() const&& noexcept { return static_cast<const ip_address&>(*this).v6(); }
    // The IPv4 address where this is an IPv6 one that maps it (::ffff:1.2.3.4), and the same address otherwise.
    [[nodiscard]] constexpr ip_address unmapped() const noexcept { return address_.is_v4_mapped() ? ip_address(as_v4()) : *this; }

    // The predicates of the two versions; an IPv4 address and its mapped form answer alike.
    [[nodiscard]] constexpr bool is_unspecified() const noexcept { return address_.is_unspecified(); }
    [[nodiscard]] constexpr bool is_loopback() const noexcept { return address_.is_loopback(); }
    [[nodiscard]] constexpr bool is_link_local() const noexcept { return address_.is_link_local(); }
    [[nodiscard]] constexpr bool is_multicast() const noexcept { return address_.is_multicast(); }
    [[nodiscard]] constexpr bool is_private() const noexcept { return address_.is_private(); }
    [[nodiscard]] constexpr bool is_documentation() const noexcept { return address_.is_documentation(); }
    [[nodiscard]] constexpr bool is_benchmarking() const noexcept { return address_.is_benchmarking(); }
    [[nodiscard]] constexpr bool is_reserved() const noexcept { return address_.is_reserved(); }
    [[nodiscard]] constexpr bool is_global() const noexcept { return address_.is_global(); }
    // Only IPv4 has these.
    [[nodiscard]] constexpr bool is_broadcast() const noexcept { return address_.is_v4_mapped() && as_v4().is_broadcast(); }
    [[nodiscard]] constexpr bool is_shared() const noexcept { return address_.is_v4_mapped() && as_v4().is_shared(); }

    constexpr char* write_text(char* out) const noexcept { return is_v4_ ? as_v4().write_text(out) : address_.write_text(out); }

    friend constexpr bool operator==(const ip_address&, const ip_address&) noexcept = default;
    // IPv4 before IPv6.
    friend constexpr std::strong_ordering operator<=>(const ip_address& left, const ip_address& right) noexcept {
        if (left.is_v4_ != right.is_v4_) return right.is_v4_ <=> left.is_v4_;
        return left.address_ <=> right.address_;
    }

private:
    [[noreturn]] static void wrong_version(const char* sentence) noexcept {
        std::fprintf(stderr, "plumb: %s\n", sentence);
        std::abort();
    }
    [[nodiscard]] constexpr ipv4_address as_v4() const noexcept {
        return ipv4_address::from_uint(static_cast<std::uint32_t>(address_.lower()));
    }

    ipv6_address address_;    // an IPv4 address lies here in its mapped form
    bool is_v4_;
};

namespace detail {

template <bool (*ReadV6)(cursor&, ipv6_address&) noexcept = read_ipv6>
constexpr bool read_ip(cursor& text, ip_address& address) noexcept {
    auto as_v4 = text, as_v6 = text;
    ipv4_address v4;
    if (read_ipv4(as_v4, v4)) {    // no IPv6 address begins like that
        text = as_v4;
        address = v4;
        return true;
    }
    ipv6_address v6;
    bool is_v6 = ReadV6(as_v6, v6);
    text = is_v6 || text.rest().find(':') != std::string_view::npos ? as_v6 : as_v4;
    if (is_v6) address = v6;
    return is_v6;
}

}  // namespace detail

constexpr result<ip_address> ip_address::parse(std::string_view text) noexcept {
    return detail::parse_all<ip_address, detail::read_ip<>>(text);
}

}  // namespace plumb

template <>
struct std::hash<plumb::ip_address> {
    [[nodiscard]] std::size_t operator()(const plumb::ip_address& address) const noexcept {
        return address.is_v4() ? plumb::detail::mixed(address.v4().to_uint(), 4) : std::hash<plumb::ipv6_address>()(address.v6());
    }
};
