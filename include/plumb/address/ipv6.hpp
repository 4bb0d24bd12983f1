// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/address/ipv4.hpp>
#include <plumb/address/scope.hpp>
#include <plumb/address/text.hpp>
#include <plumb/core/byte_order.hpp>

#include <array>
#include <bit>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <string_view>

// An IPv6 address: sixteen bytes, and the scope that says on which link a link-local one is meant.

namespace plumb::inline v0_1 {

// How far a multicast packet travels. Values without a name here are unassigned.
enum class multicast_reach : std::uint8_t {    // RFC 7346 section 2
    none = 0, interface_local = 1, link_local = 2, realm_local = 3, admin_local = 4, site_local = 5, organization_local = 8, global = 14,
};

// Where it maps an IPv4 address (::ffff:1.2.3.4), the predicates answer for that one: a check for loopback cannot be passed by.
class ipv6_address {
public:
    static constexpr std::size_t max_text_size = 39 + 1 + ipv6_scope::max_text_size;

    constexpr ipv6_address() = default;
    // The address of eight groups of 16 bits. Each is a std::uint16_t, or a constant that fits into one.
    constexpr ipv6_address(detail::part<std::uint16_t> a, detail::part<std::uint16_t> b, detail::part<std::uint16_t> c,
                           detail::part<std::uint16_t> d, detail::part<std::uint16_t> e, detail::part<std::uint16_t> f,
                           detail::part<std::uint16_t> g, detail::part<std::uint16_t> h, ipv6_scope scope = {}) noexcept
        : ipv6_address(from_uints(joined(a, b, c, d), joined(e, f, g, h), scope)) {}
    // The address that lies on the wire so: in the network's order.
    constexpr explicit ipv6_address(const std::array<std::byte, 16>& wire, ipv6_scope scope = {}) noexcept
        : bytes_(wire), scope_(scope) {}

    // The address whose upper and lower 64 bits are these numbers in this machine's order.
    [[nodiscard]] static constexpr ipv6_address from_uints(std::uint64_t upper, std::uint64_t lower, ipv6_scope scope = {}) noexcept {
        return ipv6_address(std::bit_cast<std::array<std::byte, 16>>(std::array{to_network(upper), to_network(lower)}), scope);
    }
    // ::ffff:a.b.c.d, the address under which an IPv6 socket sees an IPv4 peer.
    [[nodiscard]] static constexpr ipv6_address mapped(ipv4_address address) noexcept {
        return from_uints(0, 0xffff'0000'0000 | address.to_uint());                                         // RFC 4291 section 2.5.5.2
    }
    // Every local interface, as in6addr_any: to listen or bind on, never a destination.
    [[nodiscard]] static constexpr ipv6_address any() noexcept { return {}; }
    [[nodiscard]] static constexpr ipv6_address loopback() noexcept { return from_uints(0, 1); }

    // Reads every form of RFC 4291 section 2.2, and a scope after a percent sign.
    // Errors: condition::invalid_text with the offset of the first wrong character.
    [[nodiscard]] static constexpr result<ipv6_address> parse(std::string_view text) noexcept;

    // The sixteen bytes in the network's order.
    [[nodiscard]] constexpr std::array<std::byte, 16> to_bytes() const noexcept { return bytes_; }
    [[nodiscard]] constexpr std::uint64_t upper() const noexcept { return half(0); }
    [[nodiscard]] constexpr std::uint64_t lower() const noexcept { return half(1); }
    [[nodiscard]] constexpr const ipv6_scope& scope() const& noexcept { return scope_; }
    [[nodiscard]] constexpr ipv6_scope scope() const&& noexcept { return scope_; }
    [[nodiscard]] constexpr ipv6_address with_scope(ipv6_scope scope) const noexcept { return ipv6_address(bytes_, scope); }
    [[nodiscard]] constexpr ipv6_address without_scope() const noexcept { return with_scope({}); }

    [[nodiscard]] constexpr bool is_v4_mapped() const noexcept {                                            // RFC 4291 section 2.5.5.2
        return upper() == 0 && lower() >> 32 == 0xffff;
    }
    // The IPv4 address that this one maps.
    // Errors: std::errc::address_family_not_supported where it maps none.
    [[nodiscard]] constexpr result<ipv4_address> to_v4() const noexcept {
        if (!is_v4_mapped()) return failure(verb::convert, std::errc::address_family_not_supported);
        return mapped_v4();
    }

    [[nodiscard]] constexpr bool is_unspecified() const noexcept {                                          // RFC 4291 section 2.5.2
        return (upper() == 0 && lower() == 0) || maps(&ipv4_address::is_unspecified);
    }
    [[nodiscard]] constexpr bool is_loopback() const noexcept {                                             // RFC 4291 section 2.5.3
        return (upper() == 0 && lower() == 1) || maps(&ipv4_address::is_loopback);
    }
    [[nodiscard]] constexpr bool is_link_local() const noexcept {                                           // RFC 4291 section 2.5.6
        return under(0xfe80'0000'0000'0000, 10) || maps(&ipv4_address::is_link_local);
    }
    [[nodiscard]] constexpr bool is_multicast() const noexcept {                                            // RFC 4291 section 2.7
        return under(0xff00'0000'0000'0000, 8) || maps(&ipv4_address::is_multicast);
    }
    // Unique local, the private range of IPv6.
    [[nodiscard]] constexpr bool is_private() const noexcept {                                              // RFC 4193 section 3.1
        return under(0xfc00'0000'0000'0000, 7) || maps(&ipv4_address::is_private);
    }
    [[nodiscard]] constexpr bool is_documentation() const noexcept {                                        // RFC 3849, RFC 9637
        return under(0x2001'0db8'0000'0000, 32) || under(0x3fff'0000'0000'0000, 20) || maps(&ipv4_address::is_documentation);
    }
    [[nodiscard]] constexpr bool is_benchmarking() const noexcept {                                         // RFC 5180 section 8
        return under(0x2001'0002'0000'0000, 48) || maps(&ipv4_address::is_benchmarking);
    }
    [[nodiscard]] constexpr bool is_6to4() const noexcept { return under(0x2002'0000'0000'0000, 16); }      // RFC 3056 section 2
    [[nodiscard]] constexpr bool is_teredo() const noexcept { return under(0x2001'0000'0000'0000, 32); }    // RFC 4380 section 2.6
    // An IPv4 address behind a translator: 64:ff9b::/96, or 64:ff9b:1::/48 inside one network.
    [[nodiscard]] constexpr bool is_nat64() const noexcept {
        return (upper() == 0x0064'ff9b'0000'0000 && lower() >> 32 == 0)                                     // RFC 6052 section 2.1
            || under(0x0064'ff9b'0001'0000, 48);                                                            // RFC 8215 section 4
    }
    [[nodiscard]] constexpr bool is_discard_only() const noexcept { return under(0x0100'0000'0000'0000, 64); }    // RFC 6666 section 4
    // Neither given out nor registered for a special purpose.
    [[nodiscard]] constexpr bool is_reserved() const noexcept;
    // An address of one host that the whole Internet can reach, by IANA's special-purpose registry (RFC 6890, RFC 8190).
    // What the registry leaves open (6to4, Teredo) is not.
    [[nodiscard]] constexpr bool is_global() const noexcept;
    // How far a multicast address reaches; none for every other address.
    [[nodiscard]] constexpr multicast_reach multicast_scope() const noexcept {                              // RFC 4291 section 2.7
        return under(0xff00'0000'0000'0000, 8) ? static_cast<multicast_reach>(upper() >> 48 & 15) : multicast_reach::none;
    }

    constexpr char* write_text(char* out) const noexcept;

    friend constexpr bool operator==(const ipv6_address& left, const ipv6_address& right) noexcept {
        return left.upper() == right.upper() && left.lower() == right.lower() && left.scope_ == right.scope_;
    }
    friend constexpr std::strong_ordering operator<=>(const ipv6_address& left, const ipv6_address& right) noexcept {
        if (auto order = left.upper() <=> right.upper(); order != 0) return order;
        if (auto order = left.lower() <=> right.lower(); order != 0) return order;
        return left.scope_ <=> right.scope_;
    }

private:
    using group = detail::part<std::uint16_t>;

    [[nodiscard]] static constexpr std::uint64_t joined(group a, group b, group c, group d) noexcept {
        return std::uint64_t{a.value()} << 48 | std::uint64_t{b.value()} << 32 | std::uint64_t{c.value()} << 16 | d.value();
    }
    [[nodiscard]] constexpr std::uint64_t half(std::size_t which) const noexcept {
        return from_network(std::bit_cast<std::array<std::uint64_t, 2>>(bytes_)[which]);
    }
    // True in the network whose upper 64 bits are these, of a prefix no longer than that.
    [[nodiscard]] constexpr bool under(std::uint64_t network, int length) const noexcept {
        return (upper() ^ network) >> (64 - length) == 0;
    }
    [[nodiscard]] constexpr ipv4_address mapped_v4() const noexcept {
        return ipv4_address::from_uint(static_cast<std::uint32_t>(lower()));
    }
    [[nodiscard]] constexpr bool maps(bool (ipv4_address::*predicate)() const noexcept) const noexcept {
        return is_v4_mapped() && (mapped_v4().*predicate)();
    }

    std::array<std::byte, 16> bytes_{};
    ipv6_scope scope_;
};

constexpr bool ipv6_address::is_reserved() const noexcept {
    if (is_v4_mapped()) return mapped_v4().is_reserved();
    return !under(0x2000'0000'0000'0000, 3)                                           // RFC 4291 section 4, as assigned by IANA
        && !is_unspecified() && !is_loopback() && !is_private() && !is_link_local() && !is_multicast() && !is_nat64() && !is_discard_only()
        && !under(0x0100'0000'0000'0001, 64)                                          // dummy prefix: RFC 9780 section 5
        && !under(0x5f00'0000'0000'0000, 16);                                         // segment routing: RFC 9602 section 6
}

constexpr bool ipv6_address::is_global() const noexcept {
    if (is_v4_mapped()) return mapped_v4().is_global();
    if (is_nat64()) return lower() >> 32 == 0 && upper() == 0x0064'ff9b'0000'0000;    // RFC 6052 section 3.1
    if (!under(0x2000'0000'0000'0000, 3)) return false;
    if (under(0x2001'0000'0000'0000, 23))                                             // protocol assignments: RFC 2928
        return (upper() == 0x2001'0001'0000'0000 && lower() >= 1 && lower() <= 3)     // anycasts: RFC 7723, RFC 8155, RFC 9665
            || under(0x2001'0003'0000'0000, 32)                                       // AMT: RFC 7450 section 7
            || under(0x2001'0004'0112'0000, 48)                                       // AS112: RFC 7535 section 3.1
            || under(0x2001'0020'0000'0000, 28)                                       // ORCHIDv2: RFC 7343 section 6
            || under(0x2001'0030'0000'0000, 28);                                      // drone identifiers: RFC 9374 section 8.2
    return !is_documentation() && !is_6to4();
}

}  // namespace plumb

#include <plumb/address/ipv6_text.hpp>

template <>
struct std::hash<plumb::ipv6_address> {
    [[nodiscard]] std::size_t operator()(const plumb::ipv6_address& address) const noexcept {
        return plumb::detail::mixed(address.upper() + std::hash<plumb::ipv6_scope>()(address.scope()), address.lower());
    }
};
