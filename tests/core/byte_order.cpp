// SPDX-License-Identifier: BSL-1.0
#include <plumb/core.hpp>

#include <doctest/doctest.h>

#include <array>
#include <cstdint>
#include <cstring>
#include <limits>

#if __has_include(<arpa/inet.h>)
#include <arpa/inet.h>
#include <endian.h>
#endif

using namespace plumb;

// The order is known while compiling.
static_assert(to_network(from_network(std::uint16_t{0x1234})) == 0x1234);
static_assert(big<std::uint32_t>(0x01020304).to_bytes() == std::array{std::byte(1), std::byte(2), std::byte(3), std::byte(4)});
static_assert(little<std::uint32_t>(0x01020304).to_bytes() == std::array{std::byte(4), std::byte(3), std::byte(2), std::byte(1)});
static_assert(big<std::int16_t>(std::array{std::byte(0xff), std::byte(0xfe)}).value() == -2);
static_assert(sizeof(big<std::uint64_t>) == 8 && alignof(big<std::uint64_t>) == 1 && std::is_trivially_copyable_v<big<std::uint64_t>>);

// What has one byte, or is a letter, has no byte order.
static_assert(!wire_integer<char> && !wire_integer<bool> && !wire_integer<wchar_t> && !wire_integer<char16_t> && !wire_integer<float>);

TEST_CASE_TEMPLATE("a number lies on the wire most significant byte first", T, std::uint16_t, std::uint32_t, std::uint64_t, std::int16_t,
                   std::int32_t, std::int64_t) {
    constexpr auto width = sizeof(T);
    for (auto number : {T{0}, T{1}, T{0x1234}, std::numeric_limits<T>::max(), std::numeric_limits<T>::min(), static_cast<T>(-2)}) {
        std::array<std::byte, width> expected;
        for (std::size_t i = 0; i < width; ++i)
            expected[i] = static_cast<std::byte>(static_cast<std::uint64_t>(number) >> 8 * (width - 1 - i));
        CHECK(big<T>(number).to_bytes() == expected);
        CHECK(big<T>(expected).value() == number);
        auto wire = to_network(number);
        CHECK(std::memcmp(&wire, expected.data(), width) == 0);
        CHECK(from_network(wire) == number);
        for (std::size_t i = 0; i < width / 2; ++i) std::swap(expected[i], expected[width - 1 - i]);
        CHECK(little<T>(number).to_bytes() == expected);
        CHECK(little<T>(expected).value() == number);
    }
}

TEST_CASE("every port survives the way to the wire and back") {
    for (std::uint32_t port = 0; port <= 0xffff; ++port) {
        auto number = static_cast<std::uint16_t>(port);
        auto wire = big<std::uint16_t>(number).to_bytes();
        REQUIRE(std::to_integer<std::uint32_t>(wire[0]) * 256 + std::to_integer<std::uint32_t>(wire[1]) == port);
        REQUIRE(from_network(to_network(number)) == number);
    }
}

#if __has_include(<arpa/inet.h>)
TEST_CASE("the system's own functions agree") {
    for (std::uint32_t number : {0u, 1u, 0x1234u, 0xff00u, 0xffffu}) {
        CHECK(to_network(static_cast<std::uint16_t>(number)) == htons(static_cast<std::uint16_t>(number)));
        CHECK(from_network(static_cast<std::uint16_t>(number)) == ntohs(static_cast<std::uint16_t>(number)));
        CHECK(to_network(number * 0x10001u) == htonl(number * 0x10001u));
        CHECK(from_network(number * 0x10001u) == ntohl(number * 0x10001u));
        auto wide = std::uint64_t{number} * 0x1'0001'0001ull;
        CHECK(to_network(wide) == htobe64(wide));
    }
}
#endif

#if defined(PLUMB_HAS_INT128)
TEST_CASE("128 bits have an order too") {
    auto number = uint128{0x0102030405060708} << 64 | 0x090a0b0c0d0e0f10;
    std::array<std::byte, 16> ascending;
    for (std::size_t i = 0; i < 16; ++i) ascending[i] = static_cast<std::byte>(i + 1);
    CHECK(big<uint128>(number).to_bytes() == ascending);
    CHECK((big<uint128>(ascending).value() == number));
    CHECK((little<uint128>(little<uint128>(number).to_bytes()).value() == number));
    CHECK((from_network(to_network(number)) == number));
    auto negative = -int128{2};
    CHECK((big<int128>(big<int128>(negative).to_bytes()).value() == negative));
    static_assert(big<uint128>(uint128{1}).to_bytes()[15] == std::byte(1));
}
#endif

TEST_CASE("numbers on the wire compare as numbers") {
    CHECK(big<std::uint16_t>(0x0100) > big<std::uint16_t>(0x00ff));
    CHECK(little<std::uint16_t>(0x0100) > little<std::uint16_t>(0x00ff));
    CHECK(big<std::int32_t>(-1) < big<std::int32_t>(1));
    CHECK(big<std::uint16_t>(7) == big<std::uint16_t>(7));
    big<std::uint32_t> zero;
    CHECK(zero == 0u);
    std::uint32_t plain = big<std::uint32_t>(5) + 1;
    CHECK(plain == 6);
}
