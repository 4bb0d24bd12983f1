// SPDX-License-Identifier: BSL-1.0
#include <plumb/address/port.hpp>
#include <plumb/core/byte_order.hpp>

#include "../support/address_checks.hpp"

#include <climits>

using namespace plumb;

TEST_CASE("a port is a constant that fits, and gives its number in this machine's order") {
    constexpr port http = 80;
    static_assert(http.number() == 80);
    static_assert(port(0x1234).number() == 0x1234);
    static_assert(port(65535u).number() == 65535 && port(7LL).number() == 7 && port(std::uint16_t{9}).number() == 9);
    static_assert(port() == port::any() && port::any().number() == 0);
    static_assert(sizeof(port) == 2);
    CHECK(to_string(http) == "80");
}

TEST_CASE("a run-time number of any type becomes a port by from(), where it fits") {
    CHECK(port::from(0).value() == port::any());
    CHECK(port::from(65535).value().number() == 65535);
    CHECK(port::from(std::uint8_t{255}).value().number() == 255);
    CHECK(port::from(std::int8_t{127}).value().number() == 127);
    CHECK(port::from(443ull).value().number() == 443);
    for (long long wrong : {65536LL, 65616LL, 70000LL, 4294967376LL, -1LL, LLONG_MIN, LLONG_MAX}) {
        CAPTURE(wrong);
        auto outcome = port::from(wrong);
        REQUIRE_FALSE(outcome.has_value());
        CHECK(outcome.error() == std::errc::result_out_of_range);
    }
    CHECK_FALSE(port::from(-1).has_value());
    CHECK_FALSE(port::from(ULLONG_MAX).has_value());
    CHECK_FALSE(port::from(std::int8_t{-1}).has_value());
}

TEST_CASE("every port is written as its number, read back, and ordered by it") {
    std::unordered_set<port> all;
    for (unsigned number = 0; number <= 65535; ++number) {
        auto value = port::from(number).value();
        auto text = std::to_string(number);
        REQUIRE(value.number() == number);
        REQUIRE(to_string(value) == text);
        REQUIRE(port::parse(text).value() == value);
        REQUIRE((number == 0 || port::from(number - 1).value() < value));
        REQUIRE(value.is_reserved() == (number < 1024));
        REQUIRE(value.is_dynamic() == (number >= 49152));
#ifdef HAS_INET_PTON
        REQUIRE(to_network(value.number()) == htons(static_cast<std::uint16_t>(number)));
#endif
        all.insert(value);
    }
    CHECK(all.size() == 65536);
}

TEST_CASE("no other number up to 1,100,000 is read as a port") {
    for (unsigned number = 65536; number <= 1'100'000; ++number) REQUIRE_FALSE(port::parse(std::to_string(number)).has_value());
}

TEST_CASE("everything but a plain decimal number is refused as a port, with the place where it goes wrong") {
    using namespace std::string_view_literals;
    support::refuses<port>({
        {"", 0, "getaddrinfo takes it for 0"},
        {"65536", 4, "getaddrinfo takes it for 0"},
        {"65616", 4, "getaddrinfo takes it for 80"},
        {"4294967376", 5, "getaddrinfo takes it for 80"},
        {"70000", 4, "htons(atoi()) makes 4464 of it"},
        {"http", 0, "htons(atoi()) makes 0 of it"},
        {"+80", 0, "getaddrinfo takes it for 80"},
        {"-1", 0, "a sign"},
        {" 80", 0, "getaddrinfo takes it for 80"},
        {"80 ", 2, "a blank behind"},
        {"80\n", 2, "a line's end"},
        {"080", 1, "a leading zero"},
        {"00", 1, "a leading zero, though the value is 0"},
        {"0x50", 1, "hexadecimal"},
        {"8e1", 1, "an exponent"},
        {"80\0"sv, 2, "a NUL, where a C string would end"},
        {"99999999999999999999999999", 4, "must not wrap"},
    });
}

TEST_CASE("the parser agrees with its slow twin on texts that are nearly ports") {
    support::agrees_near<port>({"0", "80", "65535", "65536", "8080"}, "0123456789+- x");
}

TEST_CASE("ports are ordered and written into room that fits, or not at all") {
    support::are_in_order<port>({port(0), port(1), port(255), port(256), port(65535)});
    support::is_never_truncated(port(0));
    support::is_never_truncated(port(65535));
}
