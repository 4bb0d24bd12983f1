// SPDX-License-Identifier: BSL-1.0
#include <plumb/address/format.hpp>

#include <plumb/address.hpp>

#include <doctest/doctest.h>

using namespace plumb;

#if defined(__cpp_lib_format)

TEST_CASE("every address is formatted as its text") {
    CHECK(std::format("{} {} {}", ipv4_address::loopback(), ipv6_address::loopback(), "::ffff:1.2.3.4"_ip) == "127.0.0.1 ::1 ::ffff:1.2.3.4");
    CHECK(std::format("{} {} {}", "[::1]:80"_endpoint, "10.0.0.0/8"_prefix, port(8080)) == "[::1]:80 10.0.0.0/8 8080");
    CHECK(std::format("{} {}", local_address(), ipv6_scope::from_number(7)) == "(unnamed) 7");
}

TEST_CASE("width, fill, side and precision apply as to a text") {
    CHECK(std::format("[{:>10}][{:*^9}][{:.3}]", "1.2.3.4"_ip, port(80), "1.2.3.4"_ip) == "[   1.2.3.4][***80****][1.2]");
}

#else

TEST_CASE("where the library has no std::format, the header asks for none and to_string serves") {
    CHECK(to_string("1.2.3.4"_ip) == "1.2.3.4");
}

#endif
