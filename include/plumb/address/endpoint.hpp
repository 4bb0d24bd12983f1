// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/address/ip.hpp>
#include <plumb/address/port.hpp>
#include <plumb/address/text.hpp>

#include <compare>
#include <cstddef>
#include <string_view>

// One end of a conversation: an IP address and a port.

namespace plumb::inline v0_1 {

class endpoint {
public:
    static constexpr std::size_t max_text_size = 1 + ip_address::max_text_size + 2 + plumb::port::max_text_size;    // [address]:port

    // 0.0.0.0:0
    constexpr endpoint() = default;
    constexpr endpoint(const ip_address& address, plumb::port number) noexcept : address_(address), port_(number) {}

    // Reads 1.2.3.4:80, [::1]:80 or [fe80::1%eth0]:80.
    // Errors: condition::invalid_text with the offset of the first wrong character.
    // Source: RFC 3986 section 3.2.2, RFC 5952 section 6
    [[nodiscard]] static constexpr result<endpoint> parse(std::string_view text) noexcept;

    [[nodiscard]] constexpr const ip_address& address() const& noexcept { return address_; }
    [[nodiscard]] constexpr ip_address address() const&& noexcept { return address_; }
    [[nodiscard]] constexpr plumb::port port() const noexcept { return port_; }

    constexpr char* write_text(char* out) const noexcept {
        if (address_.is_v6()) *out++ = '[';
        out = address_.write_text(out);
        if (address_.is_v6()) *out++ = ']';
        *out++ = ':';
        return port_.write_text(out);
    }

    friend constexpr bool operator==(const endpoint&, const endpoint&) noexcept = default;
    friend constexpr auto operator<=>(const endpoint&, const endpoint&) noexcept = default;

private:
    ip_address address_;
    plumb::port port_;
};

namespace detail {

constexpr bool read_endpoint(cursor& text, endpoint& value) noexcept {
    ip_address address;
    if (text.skip('[')) {
        ipv6_address v6;
        if (!read_ipv6(text, v6) || !text.skip(']')) return false;
        address = v6;
    } else {
        ipv4_address v4;
        if (!read_ipv4(text, v4)) return false;
        address = v4;
    }
    port number;
    if (!text.skip(':') || !read_port(text, number)) return false;
    value = endpoint(address, number);
    return true;
}

}  // namespace detail

constexpr result<endpoint> endpoint::parse(std::string_view text) noexcept {
    return detail::parse_all<endpoint, detail::read_endpoint>(text);
}

}  // namespace plumb

template <>
struct std::hash<plumb::endpoint> {
    [[nodiscard]] std::size_t operator()(const plumb::endpoint& value) const noexcept {
        return plumb::detail::mixed(std::hash<plumb::ip_address>()(value.address()), value.port().number());
    }
};
