// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/address/ipv6.hpp>
#include <plumb/core/result.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>

// The two halves of a text such as example.com:80.

namespace plumb::inline v0_1 {

// A host and a service, as views of the text that they were split from.
struct host_port {
    std::string_view host;       // without brackets
    std::string_view service;

    friend constexpr bool operator==(const host_port&, const host_port&) noexcept = default;
};

// Splits example.com:http, 1.2.3.4:80 or [fe80::1%eth0]:80. Whether a host or a service of that name can be is not
// looked at: that is for resolve to say. An IPv6 address needs its brackets, and nothing else may have any.
// Errors: condition::invalid_text with the offset of the first wrong character.
// Source: RFC 3986 section 3.2.2
[[nodiscard]] constexpr result<host_port> split_host_port(std::string_view text) noexcept {
    auto wrong_at = [](std::size_t offset) { return failure(verb::parse, condition::invalid_text, static_cast<std::uint32_t>(offset)); };
    auto bracketed = text.starts_with('[');
    auto colon = bracketed ? text.find(']') : text.find(':');
    if (colon == text.npos) return wrong_at(text.size());
    auto host = text.substr(0, colon);
    if (bracketed) {
        host.remove_prefix(1);
        if (auto address = ipv6_address::parse(host); !address) return wrong_at(1 + address.error().detail());
        if (++colon == text.size() || text[colon] != ':') return wrong_at(colon);
    } else if (auto bracket = host.find_first_of("[]"); bracket != host.npos) return wrong_at(bracket);
    if (host.empty()) return wrong_at(0);
    auto service = text.substr(colon + 1);
    if (service.empty()) return wrong_at(text.size());
    if (auto another = service.find_first_of(":[]"); another != service.npos) return wrong_at(colon + 1 + another);
    return host_port{host, service};
}

}  // namespace plumb
