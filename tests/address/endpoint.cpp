// SPDX-License-Identifier: BSL-1.0
#include <plumb/address/endpoint.hpp>

#include "../support/address_checks.hpp"

using namespace plumb;

namespace {

endpoint taken(const endpoint& value) { return value; }

}  // namespace

TEST_CASE("an endpoint is an address and a port, and a call spells it in braces") {
    constexpr endpoint server{ipv4_address::any(), 7777};
    static_assert(server.address() == ipv4_address::any() && server.port() == port(7777));
    static_assert(endpoint() == endpoint(ipv4_address::any(), port::any()));
    CHECK(taken({ipv4_address::any(), 7777}) == server);
    CHECK(taken({ipv6_address::loopback(), 80}).address() == ipv6_address::loopback());
    CHECK(taken({ipv4_address(192, 0, 2, 1), port::from(std::strlen("eight...")).value()}).port() == port(8));
}

TEST_CASE("an endpoint is read as 1.2.3.4:80, [::1]:80 or [fe80::1%eth0]:80, and written so") {
    support::accepts<endpoint>({
        {"1.2.3.4:80", "1.2.3.4:80", "IPv4"},
        {"0.0.0.0:0", "0.0.0.0:0", "every interface, any port"},
        {"255.255.255.255:65535", "255.255.255.255:65535", "the longest of IPv4"},
        {"[::1]:80", "[::1]:80", "IPv6 in brackets, RFC 3986"},
        {"[fe80::1%eth0]:80", "[fe80::1%eth0]:80", "with a scope's name"},
        {"[fe80::1%3]:80", "[fe80::1%3]:80", "with a scope's number"},
        {"[::FFFF:1.2.3.4]:80", "[::ffff:1.2.3.4]:80", "mapped, stays IPv6"},
        {"[2001:DB8::1]:80", "[2001:db8::1]:80", "RFC 5952 section 6"},
    });
    CHECK(endpoint::parse("[fe80::1%eth0]:80").value().address().v6().scope().name() == "eth0");
}

TEST_CASE("everything else is refused as an endpoint, with the place where it goes wrong") {
    using namespace std::string_view_literals;
    support::refuses<endpoint>({
        {"", 0, "empty"},
        {"1.2.3.4", 7, "no port"},
        {"1.2.3.4:", 8, "an empty port"},
        {"1.2.3:80", 5, "a short address"},
        {"127.1:80", 5, "a short address that C takes"},
        {"256.0.0.1:80", 2, "an octet beyond 255"},
        {"1.2.3.4:65536", 12, "a port beyond 65535, which getaddrinfo takes for 0"},
        {"1.2.3.4:70000", 12, "a port that htons(atoi()) makes 4464 of"},
        {"1.2.3.4:080", 9, "a leading zero"},
        {"1.2.3.4:+80", 8, "a sign"},
        {"1.2.3.4: 80", 8, "a blank"},
        {"1.2.3.4 :80", 7, "a blank"},
        {"1.2.3.4:80 ", 10, "a blank behind"},
        {"1.2.3.4:80:80", 10, "two ports"},
        {"1.2.3.4:http", 8, "a service's name"},
        {"1.2.3.4:80\0"sv, 10, "a NUL behind"},
        {"1.2.3.4\0:80"sv, 7, "a NUL within"},
        {":80", 0, "no address"},
        {"*:80", 0, "no address"},
        {"localhost:80", 0, "a name, which is resolved and not parsed"},
        {"::1:80", 0, "IPv6 without brackets could mean two things"},
        {"2001:db8::1:80", 3, "IPv6 without brackets, as far as IPv4 goes"},
        {"[::1]", 5, "no port"},
        {"[::1]80", 5, "no colon"},
        {"[::1]:", 6, "an empty port"},
        {"[::1]:65536", 10, "a port beyond 65535"},
        {"[::1:80", 7, "no closing bracket"},
        {"[::1", 4, "no closing bracket"},
        {"[", 1, "ends early"},
        {"[]:80", 1, "no address"},
        {"[1.2.3.4]:80", 2, "IPv4 in brackets"},
        {"[::1%]:80", 5, "an empty scope"},
        {"[fe80::1%eth0:80", 13, "no closing bracket"},
        {"[fe80::1]%eth0:80", 9, "the scope outside"},
        {"[[::1]]:80", 1, "two brackets"},
        {"[ ::1]:80", 1, "a blank"},
    });
}

TEST_CASE("the parser agrees with its slow twin on texts that are nearly endpoints") {
    support::agrees_near<endpoint>({"127.0.0.1:80", "[::1]:65535", "[fe80::1%eth0]:443", "255.255.255.255:0", "[1:2:3:4:5:6:1.2.3.4]:8", "[fe80::1%12]:1"},
                                   "0123456789abcdef::..%[[]] ");
}

TEST_CASE("endpoints are ordered by address, then port, and hash apart") {
    auto of = [](const char* text) { return endpoint::parse(text).value(); };
    support::are_in_order<endpoint>({of("0.0.0.0:0"), of("0.0.0.0:1"), of("0.0.0.0:65535"), of("0.0.0.1:0"), of("1.2.3.4:80"), of("[::]:0"), of("[::]:80"),
                                     of("[::1]:0"), of("[fe80::1]:80"), of("[fe80::1%1]:80"), of("[fe80::1%eth0]:80")});
    std::set<std::size_t> low_bits;
    for (unsigned i = 0; i < 1024; ++i) low_bits.insert(std::hash<endpoint>()(endpoint(ipv4_address::loopback(), port::from(40'000 + i).value())) & 4095);
    CHECK(low_bits.size() > 850);
}

TEST_CASE("an endpoint of the greatest length is written into room that fits, or not at all") {
    auto longest = endpoint::parse("[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff%fifteen-letters]:65535").value();
    CHECK(to_string(longest).size() == endpoint::max_text_size);
    support::is_never_truncated(longest);
    support::is_never_truncated(endpoint());
    support::is_never_truncated(endpoint::parse("255.255.255.255:65535").value());
}
