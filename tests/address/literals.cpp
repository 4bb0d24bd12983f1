// SPDX-License-Identifier: BSL-1.0
#include <plumb/address/literals.hpp>

#include "../support/address_checks.hpp"

#include <type_traits>

TEST_CASE("a literal is the value that parse gives, known to the compiler") {
    using namespace plumb::literals;
    constexpr auto v4 = "127.0.0.1"_ip;
    static_assert(std::is_same_v<decltype(v4), const plumb::ip_address>);
    static_assert(v4 == plumb::ipv4_address::loopback());
    static_assert("::1"_ip == plumb::ipv6_address::loopback());
    static_assert("[fe80::1%eth0]:80"_endpoint.address().v6().scope().name() == "eth0");
    static_assert("1.2.3.4:80"_endpoint == plumb::endpoint(plumb::ipv4_address(1, 2, 3, 4), 80));
    static_assert("10.0.0.0/8"_prefix.contains("10.1.2.3"_ip));
    CHECK(v4 == plumb::ip_address::parse("127.0.0.1").value());
    CHECK("[::1]:80"_endpoint == plumb::endpoint::parse("[::1]:80").value());
    CHECK("2001:db8::/32"_prefix == plumb::ip_prefix::parse("2001:db8::/32").value());
}

TEST_CASE("literals are found after using namespace plumb alone") {
    using namespace plumb;
    CHECK(to_string("192.0.2.1"_ip) == "192.0.2.1");
}
