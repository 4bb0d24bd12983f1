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
[[nodiscard]] inline result<std::uint32_t> to_interface_index(const ipv6_scope& scope) {
    if (!scope.is_name()) return scope.number();
    char name[IF_NAMESIZE] = {};
    scope.name().copy(name, sizeof name - 1);
    auto index = ::if_nametoindex(name);
    if (index == 0) return failure(last_error(verb::scope));
    return index;
}

// The address family of what the kernel wrote; AF_UNSPEC when it wrote too little to tell.
template <class Endpoint>
[[nodiscard]] sa_family_t family_of(const socket_address<Endpoint>& native) noexcept {
    sa_family_t family = AF_UNSPEC;
    if (native.size() >= sizeof family) std::memcpy(&family, native.data(), sizeof family);
    return family;
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
        if (native.size() < sizeof in) break;
        std::memcpy(&in, native.data(), sizeof in);
        return endpoint(ipv4_address::from_uint(from_network(in.sin_addr.s_addr)), numbered(in.sin_port));
    }
    case AF_INET6: {
        auto& in = *native.data();
        if (native.size() < sizeof in) break;
        std::array<std::byte, 16> raw;
        std::memcpy(raw.data(), &in.sin6_addr, raw.size());
        return endpoint(ipv6_address(raw, ipv6_scope::from_number(in.sin6_scope_id)), numbered(in.sin6_port));
    }
    default: return failure(verb::none, std::errc::address_family_not_supported);
    }
    return failure(verb::none, std::errc::invalid_argument);
}

[[nodiscard]] inline result<socket_address<local_address>> to_sockaddr(const local_address& from) {
    socket_address<local_address> native;
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

template <>
inline result<local_address> from_sockaddr(const socket_address<local_address>& native) {
    constexpr auto header = offsetof(sockaddr_un, sun_path);
    if (native.size() <= header) return local_address();    // unnamed: the kernel may even give no family
    if (os::family_of(native) != AF_UNIX) return failure(verb::none, std::errc::address_family_not_supported);
    // A path of 108 bytes has no NUL, and the kernel then gives a length past the structure: unix(7), "Pathname sockets".
    auto size = detail::least(std::size_t{native.size()}, sizeof(sockaddr_un)) - header;
    std::string_view name(native.data()->sun_path, size);
    if (name.front() == '\0') return local_address::abstract_name(name.substr(1));
    return local_address::path(name.substr(0, name.find('\0')));
}

[[nodiscard]] inline result<socket_address<link_address>> to_sockaddr(const link_address& from) {
    socket_address<link_address> native;
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

template <>
inline result<link_address> from_sockaddr(const socket_address<link_address>& native) {
    auto& link = *native.data();
    if (native.size() < offsetof(os::sockaddr_link, hardware)) return failure(verb::none, std::errc::invalid_argument);
    if (link.family != AF_PACKET) return failure(verb::none, std::errc::address_family_not_supported);
    auto present = detail::least(native.size() - offsetof(os::sockaddr_link, hardware), std::size_t{link.hardware_size});
    std::array<std::byte, link_address::most_bytes> hardware{};
    std::memcpy(hardware.data(), link.hardware, detail::least(present, hardware.size()));
    return link_address(static_cast<std::uint32_t>(link.interface_index), from_network(link.protocol), hardware,
                        static_cast<std::uint8_t>(present));
}

[[nodiscard]] inline result<socket_address<generic_address>> to_sockaddr(const generic_address& from) {
    socket_address<generic_address> native;
    std::memcpy(native.data(), from.to_bytes().data(), from.to_bytes().size());
    native.resize(from.to_bytes().size());
    return native;
}

template <>
inline result<generic_address> from_sockaddr(const socket_address<generic_address>& native) {
    return generic_address(bytes(native.data(), detail::least(std::size_t{native.size()}, sizeof(sockaddr_storage))));
}

}  // namespace plumb
