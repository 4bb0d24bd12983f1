// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/core/byte_order.hpp>
#include <plumb/os/socket_address.hpp>

#include <array>
#include <cstring>

// The addresses that lie alike in every system's structures: endpoints in sockaddr_in and sockaddr_in6, and raw ones.

namespace plumb::inline v0_1 {

[[nodiscard]] inline os::answer<socket_address<endpoint>> to_sockaddr(const endpoint& from) {
    socket_address<endpoint> native;
    auto address = from.address();
    if (address.is_v4()) {
        sockaddr_in in{};
        in.sin_family = AF_INET;
        in.sin_port = to_network(from.port().number());
        std::memcpy(&in.sin_addr, address.v4().to_bytes().data(), sizeof in.sin_addr);
        std::memcpy(native.data(), &in, sizeof in);
        native.resize(sizeof in);
        return native;
    }
    auto v6 = address.v6();
    auto index = os::to_interface_index(v6.scope());
    if (!index) return failure(index.error());
    auto& in = *native.data();
    in = {};
    in.sin6_family = AF_INET6;
    in.sin6_port = to_network(from.port().number());
    std::memcpy(&in.sin6_addr, v6.to_bytes().data(), sizeof in.sin6_addr);
    in.sin6_scope_id = *index;
    return native;
}

[[nodiscard]] inline result<endpoint> from_sockaddr(const socket_address<endpoint>& native) {
    auto numbered = [](std::uint16_t wire) { return *port::from(from_network(wire)); };
    switch (native.family()) {
    case AF_INET: {
        sockaddr_in in;
        if (native.filled() < sizeof in) break;
        std::memcpy(&in, native.data(), sizeof in);
        return endpoint(ipv4_address::from_uint(from_network(std::uint32_t{in.sin_addr.s_addr})), numbered(in.sin_port));
    }
    case AF_INET6: {
        auto& in = *native.data();
        if (native.filled() < sizeof in) break;
        std::array<std::byte, 16> raw;
        std::memcpy(raw.data(), &in.sin6_addr, raw.size());
        return endpoint(ipv6_address(raw, ipv6_scope::from_number(in.sin6_scope_id)), numbered(in.sin6_port));
    }
    default: return failure(verb::none, std::errc::address_family_not_supported);
    }
    return failure(verb::none, std::errc::invalid_argument);
}

template <std::same_as<generic_address> Endpoint>
[[nodiscard]] os::answer<socket_address<Endpoint>> to_sockaddr(const Endpoint& from) {
    socket_address<Endpoint> native;
    std::memcpy(native.data(), from.to_bytes().data(), from.to_bytes().size());
    native.resize(from.to_bytes().size());
    return native;
}

template <std::same_as<generic_address> Endpoint>
[[nodiscard]] result<Endpoint> from_sockaddr(const socket_address<Endpoint>& native) {
    return generic_address(bytes(native.data(), native.filled()));
}

}  // namespace plumb
