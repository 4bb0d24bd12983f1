// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/core/byte_order.hpp>
#include <plumb/core/least.hpp>
#include <plumb/os/socket_address.hpp>
#include <plumb/os/windows/failure.hpp>

#include <array>
#include <cstring>
#include <string_view>

namespace plumb::inline v0_1::os {

template <>
struct sockaddr_of<endpoint> {
    using type = sockaddr_in6;    // a sockaddr_in fits into it
};
template <>
struct sockaddr_of<local_address> {
    using type = sockaddr_un;
};
template <>
struct sockaddr_of<link_address> {
    using type = sockaddr;    // Windows has none of these: to_sockaddr refuses them
};
template <>
struct sockaddr_of<generic_address> {
    using type = sockaddr_storage;
};

// The index of the interface that a scope means; 0 for none.
[[nodiscard]] inline result<std::uint32_t> to_interface_index(const ipv6_scope& scope) {
    if (!scope.is_name()) return scope.number();
    char name[ipv6_scope::max_name_size + 1] = {};
    scope.name().copy(name, scope.name().size());
    std::uint32_t index = ::if_nametoindex(name);
    if (index == 0) return failure(verb::scope, std::errc::no_such_device);
    return index;
}

// The address family of what the kernel wrote; AF_UNSPEC when it wrote too little to tell.
template <class Endpoint>
[[nodiscard]] ADDRESS_FAMILY family_of(const socket_address<Endpoint>& native) noexcept {
    ADDRESS_FAMILY family = AF_UNSPEC;
    if (native.size() >= static_cast<address_length>(sizeof family)) std::memcpy(&family, native.data(), sizeof family);
    return family;
}

// The bytes that the kernel wrote.
template <class Endpoint>
[[nodiscard]] std::size_t size_of(const socket_address<Endpoint>& native) noexcept {
    return native.size() > 0 ? detail::least(static_cast<std::size_t>(native.size()), sizeof *native.data()) : 0;
}

}  // namespace plumb::os

namespace plumb::inline v0_1 {

[[nodiscard]] inline result<socket_address<endpoint>> to_sockaddr(const endpoint& from) {
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

template <>
inline result<endpoint> from_sockaddr(const socket_address<endpoint>& native) {
    auto numbered = [](std::uint16_t wire) { return *port::from(from_network(wire)); };
    switch (os::family_of(native)) {
    case AF_INET: {
        sockaddr_in in;
        if (os::size_of(native) < sizeof in) break;
        std::memcpy(&in, native.data(), sizeof in);
        return endpoint(ipv4_address::from_uint(from_network(std::uint32_t{in.sin_addr.s_addr})), numbered(in.sin_port));
    }
    case AF_INET6: {
        auto& in = *native.data();
        if (os::size_of(native) < sizeof in) break;
        std::array<std::byte, 16> raw;
        std::memcpy(raw.data(), &in.sin6_addr, raw.size());
        return endpoint(ipv6_address(raw, ipv6_scope::from_number(in.sin6_scope_id)), numbered(in.sin6_port));
    }
    default: return failure(verb::none, std::errc::address_family_not_supported);
    }
    return failure(verb::none, std::errc::invalid_argument);
}

// Errors: not_supported for an abstract name, which Windows does not have.
[[nodiscard]] inline result<socket_address<local_address>> to_sockaddr(const local_address& from) {
    if (from.is_abstract()) return failure(verb::none, std::errc::not_supported);
    socket_address<local_address> native;
    auto& un = *native.data();
    un = {};
    un.sun_family = AF_UNIX;
    auto path = from.file_name();
    path.copy(un.sun_path, path.size());
    native.resize(offsetof(sockaddr_un, sun_path) + path.size() + from.is_path());
    return native;
}

template <>
inline result<local_address> from_sockaddr(const socket_address<local_address>& native) {
    constexpr auto header = offsetof(sockaddr_un, sun_path);
    auto size = os::size_of(native);
    if (size < header) return local_address();
    if (os::family_of(native) != AF_UNIX) return failure(verb::none, std::errc::address_family_not_supported);
    std::string_view path(native.data()->sun_path, size - header);
    path = path.substr(0, path.find('\0'));
    if (path.empty()) return local_address();
    return local_address::path(path);
}

[[nodiscard]] inline result<socket_address<link_address>> to_sockaddr(const link_address&) {
    return failure(verb::none, std::errc::address_family_not_supported);
}

template <>
inline result<link_address> from_sockaddr(const socket_address<link_address>&) {
    return failure(verb::none, std::errc::address_family_not_supported);
}

[[nodiscard]] inline result<socket_address<generic_address>> to_sockaddr(const generic_address& from) {
    socket_address<generic_address> native;
    std::memcpy(native.data(), from.to_bytes().data(), from.to_bytes().size());
    native.resize(from.to_bytes().size());
    return native;
}

template <>
inline result<generic_address> from_sockaddr(const socket_address<generic_address>& native) {
    return generic_address(bytes(native.data(), os::size_of(native)));
}

}  // namespace plumb
