// SPDX-License-Identifier: BSL-1.0
#include <plumb/address/link.hpp>

#include <doctest/doctest.h>

using namespace plumb;

static constexpr std::array ethernet{std::byte{0x02}, std::byte{0x42}, std::byte{0xac}, std::byte{0x11}, std::byte{0}, std::byte{0x2a}};

TEST_CASE("a link address knows its interface, protocol and hardware address") {
    constexpr link_address address(3, 0x0800, ethernet);
    static_assert(address.interface_index() == 3);
    static_assert(address.protocol() == 0x0800);
    static_assert(address.hardware_size() == 6);
    CHECK(address.hardware()[5] == std::byte{0x2a});
    CHECK(address.hardware()[6] == std::byte{0});
}

TEST_CASE("a link address without a hardware address has none") {
    constexpr link_address any_on_loopback(1, 3);
    static_assert(any_on_loopback.hardware_size() == 0);
    CHECK(to_string(any_on_loopback) == "%1");
}

TEST_CASE("a link address is printed as people write them") {
    CHECK(to_string(link_address(7, 0x86dd, ethernet)) == "02:42:ac:11:00:2a%7");
}

TEST_CASE("a hardware address of more than eight bytes is taken for one of eight") {
    std::array<std::byte, link_address::most_bytes> all{};
    all.fill(std::byte{0xff});
    CHECK(link_address(1, 3, all, 20).hardware_size() == 8);
}

TEST_CASE("link addresses differ by each of their parts") {
    CHECK(link_address(1, 3) == link_address(1, 3));
    CHECK(link_address(1, 3) != link_address(2, 3));
    CHECK(link_address(1, 3) != link_address(1, 4));
    CHECK(link_address(1, 3, ethernet) != link_address(1, 3));
    CHECK(link_address(1, 9) < link_address(2, 3));
}
