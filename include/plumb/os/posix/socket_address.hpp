// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/core/least.hpp>
#include <plumb/os/posix/failure.hpp>
#include <plumb/os/socket_address.hpp>

#include <cstring>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>

namespace plumb::inline v0_1::os {

// The link layer's sockaddr_ll, spelled out: <linux/if_packet.h> is not for every system of this family.
struct sockaddr_link {
    std::uint16_t family;
    std::uint16_t protocol;    // network order
    std::int32_t interface_index;
    std::uint16_t hardware_type;
    std::uint8_t packet_type;
    std::uint8_t hardware_size;
    std::byte hardware[8];
};

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
    using type = sockaddr_link;
};
template <>
struct sockaddr_of<generic_address> {
    using type = sockaddr_storage;
};

// The index of the interface that a scope means; 0 for none.
[[nodiscard]] inline answer<std::uint32_t> to_interface_index(const ipv6_scope& scope) {
    if (!scope.is_name()) return scope.number();
    char name[IF_NAMESIZE] = {};
    scope.name().copy(name, sizeof name - 1);
    auto index = ::if_nametoindex(name);
    if (index == 0) return failure(last_error(verb::scope));
    return index;
}

}  // namespace plumb::os

namespace plumb::inline v0_1 {

template <std::same_as<local_address> Endpoint>
[[nodiscard]] os::answer<socket_address<Endpoint>> to_sockaddr(const Endpoint& from) {
    socket_address<Endpoint> native;
    auto& un = *native.data();
    un = {};
    un.sun_family = AF_UNIX;
    auto name = from.is_path() ? from.file_name() : from.name();
    auto start = un.sun_path + from.is_abstract();    // an abstract name follows a NUL
    name.copy(start, name.size());
    auto closing_nul = from.is_path();
    native.resize(static_cast<std::size_t>(start - reinterpret_cast<char*>(&un)) + name.size() + closing_nul);
    return native;
}

template <std::same_as<local_address> Endpoint>
[[nodiscard]] result<Endpoint> from_sockaddr(const socket_address<Endpoint>& native) {
    constexpr auto header = offsetof(sockaddr_un, sun_path);
    if (native.filled() <= header) return local_address();    // unnamed: the kernel may even give no family
    if (native.family() != AF_UNIX) return failure(verb::none, std::errc::address_family_not_supported);
    // A path of 108 bytes has no NUL, and the kernel then gives a length past the structure: unix(7), "Pathname sockets".
    std::string_view name(native.data()->sun_path, native.filled() - header);
    if (name.front() == '\0') return local_address::abstract_name(name.substr(1));
    return local_address::path(name.substr(0, name.find('\0')));
}

template <std::same_as<link_address> Endpoint>
[[nodiscard]] os::answer<socket_address<Endpoint>> to_sockaddr(const Endpoint& from) {
    socket_address<Endpoint> native;
    auto& link = *native.data();
    link = {};
    link.family = AF_PACKET;
    link.protocol = to_network(from.protocol());
    link.interface_index = static_cast<std::int32_t>(from.interface_index());
    link.hardware_size = from.hardware_size();
    auto hardware = from.hardware();
    std::memcpy(link.hardware, hardware.data(), hardware.size());
    return native;
}

template <std::same_as<link_address> Endpoint>
[[nodiscard]] result<Endpoint> from_sockaddr(const socket_address<Endpoint>& native) {
    auto& link = *native.data();
    constexpr auto header = offsetof(os::sockaddr_link, hardware);
    if (native.filled() < header) return failure(verb::none, std::errc::invalid_argument);
    if (link.family != AF_PACKET) return failure(verb::none, std::errc::address_family_not_supported);
    auto present = detail::least(native.filled() - header, std::size_t{link.hardware_size});
    std::array<std::byte, link_address::most_bytes> hardware{};
    std::memcpy(hardware.data(), link.hardware, detail::least(present, hardware.size()));
    return link_address(static_cast<std::uint32_t>(link.interface_index), from_network(link.protocol), hardware,
                        static_cast<std::uint8_t>(present));
}

}  // namespace plumb

#include <plumb/os/inet_address.hpp>
