// SPDX-License-Identifier: BSL-1.0
#include <plumb/os/posix/socket_address.hpp>

#include <doctest/doctest.h>

#include <cstring>
#include <linux/if_packet.h>
#include <string>
#include <sys/stat.h>
#include <unistd.h>

using namespace plumb;

static_assert(sizeof(os::sockaddr_link) == sizeof(sockaddr_ll));
static_assert(offsetof(os::sockaddr_link, interface_index) == offsetof(sockaddr_ll, sll_ifindex));
static_assert(offsetof(os::sockaddr_link, hardware_size) == offsetof(sockaddr_ll, sll_halen));
static_assert(offsetof(os::sockaddr_link, hardware) == offsetof(sockaddr_ll, sll_addr));

TEST_CASE("a scope by name is the number of that interface") {
    auto native = to_sockaddr(endpoint::parse("[fe80::1%lo]:1").value());
    REQUIRE(native);
    CHECK(native->data()->sin6_scope_id == ::if_nametoindex("lo"));
}

TEST_CASE("an abstract name keeps every byte, and an empty one is none at all to the kernel's eye") {
    for (auto& name : {std::string("plumb"), std::string("\0a\0b", 4), std::string(107, '\xff')}) {
        auto address = local_address::abstract_name(name).value();
        auto native = to_sockaddr(address).value();
        CHECK(native.size() == 2 + 1 + name.size());
        CHECK(std::memcmp(native.data()->sun_path, ("" + std::string(1, '\0') + name).data(), name.size() + 1) == 0);
        CHECK(from_sockaddr(native) == address);
    }
}

TEST_CASE("a path of 108 bytes, which the kernel reports as longer than its structure, is an error and no overrun") {
    char folder[] = "/tmp/plumb-XXXXXX";
    REQUIRE(::mkdtemp(folder));
    sockaddr_un un{};
    un.sun_family = AF_UNIX;
    std::string path = std::string(folder) + "/" + std::string(107 - sizeof folder + 1, 'p');
    REQUIRE(path.size() == 108);
    std::memcpy(un.sun_path, path.data(), path.size());
    int socket = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    REQUIRE(::bind(socket, reinterpret_cast<sockaddr*>(&un), sizeof un) == 0);
    socket_address<local_address> native;
    REQUIRE(::getsockname(socket, reinterpret_cast<sockaddr*>(native.data()), native.size_pointer()) == 0);
    CHECK(native.size() > sizeof un);
    auto outcome = from_sockaddr(native);
    REQUIRE_FALSE(outcome);
    CHECK(outcome.error() == condition::too_long);
    ::close(socket);
    ::unlink(path.c_str());
    ::rmdir(folder);
}

TEST_CASE("a link address comes back as it went in, as the kernel's structure") {
    std::array<std::byte, 6> hardware{std::byte{2}, std::byte{0x42}, {}, {}, {}, std::byte{9}};
    for (auto& address : {link_address(), link_address(7, 0x0800), link_address(3, 0x86dd, hardware)}) {
        auto native = to_sockaddr(address).value();
        sockaddr_ll link;
        std::memcpy(&link, native.data(), sizeof link);
        CHECK(link.sll_family == AF_PACKET);
        CHECK(from_network(link.sll_protocol) == address.protocol());
        CHECK(link.sll_ifindex == static_cast<int>(address.interface_index()));
        CHECK(link.sll_halen == address.hardware_size());
        CHECK(from_sockaddr(native) == address);
    }
}

TEST_CASE("a link address that was cut or is another family's is refused") {
    auto native = to_sockaddr(link_address(1, 2)).value();
    native.resize(11);
    CHECK(from_sockaddr(native).error() == std::errc::invalid_argument);
    native.resize(12);
    CHECK(from_sockaddr(native) == link_address(1, 2));
    native.resize(20);
    native.data()->family = AF_INET;
    CHECK(from_sockaddr(native).error() == std::errc::address_family_not_supported);
    native.data()->family = AF_PACKET;
    native.data()->hardware_size = 255;    // more than there is
    CHECK(from_sockaddr(native)->hardware_size() == 8);
}
