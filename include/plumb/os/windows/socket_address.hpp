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
[[nodiscard]] inline answer<std::uint32_t> to_interface_index(const ipv6_scope& scope) {
    if (!scope.is_name()) return scope.number();
    char name[ipv6_scope::max_name_size + 1] = {};
    scope.name().copy(name, scope.name().size());
    std::uint32_t index = ::if_nametoindex(name);
    if (index == 0) return failure(verb::scope, std::errc::no_such_device);
    return index;
}

}  // namespace plumb::os

namespace plumb::inline v0_1 {

// Errors: not_supported for an abstract name, which Windows does not have.
template <std::same_as<local_address> Endpoint>
[[nodiscard]] os::answer<socket_address<Endpoint>> to_sockaddr(const Endpoint& from) {
    if (from.is_abstract()) return failure(verb::none, std::errc::not_supported);
    socket_address<Endpoint> native;
    auto& un = *native.data();
    un = {};
    un.sun_family = AF_UNIX;
    auto path = from.file_name();
    path.copy(un.sun_path, path.size());
    native.resize(offsetof(sockaddr_un, sun_path) + path.size() + from.is_path());
    return native;
}

template <std::same_as<local_address> Endpoint>
[[nodiscard]] result<Endpoint> from_sockaddr(const socket_address<Endpoint>& native) {
    constexpr auto header = offsetof(sockaddr_un, sun_path);
    auto size = native.filled();
    if (size < header) return local_address();
    if (native.family() != AF_UNIX) return failure(verb::none, std::errc::address_family_not_supported);
    std::string_view path(native.data()->sun_path, size - header);
    path = path.substr(0, path.find('\0'));
    if (path.empty()) return local_address();
    return local_address::path(path);
}

template <std::same_as<link_address> Endpoint>
[[nodiscard]] os::answer<socket_address<Endpoint>> to_sockaddr(const Endpoint&) {
    return failure(verb::none, std::errc::address_family_not_supported);
}

template <std::same_as<link_address> Endpoint>
[[nodiscard]] result<Endpoint> from_sockaddr(const socket_address<Endpoint>&) {
    return failure(verb::none, std::errc::address_family_not_supported);
}

}  // namespace plumb

#include <plumb/os/inet_address.hpp>
