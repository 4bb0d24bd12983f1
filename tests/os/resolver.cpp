// SPDX-License-Identifier: BSL-1.0
#include <plumb/os/resolver.hpp>

#include <doctest/doctest.h>

using namespace plumb;
using names = os::native_names;

TEST_CASE("an address is read as it stands, with the port as a number, once for each transport") {
    for (auto over : {transport::tcp, transport::udp})
        for (auto text : {"192.0.2.1", "2001:db8::1"}) {
            auto found = names::resolve({text, "4711", ip_family::any, over});
            REQUIRE(found);
            REQUIRE(found->size() == 1);
            CHECK(found->endpoints[0] == endpoint(*ip_address::parse(text), 4711));
            CHECK(found->canonical_name == text);
        }
}

TEST_CASE("a service that nobody knows is told") {
    CHECK(names::resolve({"192.0.2.1", "no-such-service", ip_family::any, transport::tcp}).error() == error(verb::resolve, lookup::service_not_found));
}

TEST_CASE("localhost is a loopback address, and that address has a name") {
    auto host = names::aliases("localhost", ip_family::ipv4);
    REQUIRE(host);
    CHECK(host->addresses.at(0).is_loopback());
    CHECK(names::aliases(ipv4_address::loopback())->addresses.at(0) == ipv4_address::loopback());
    auto reversed = names::reverse(endpoint(ipv4_address::loopback(), 4711), transport::tcp);
    REQUIRE(reversed);
    CHECK(!reversed->host.empty());
    CHECK(reversed->host != "127.0.0.1");
}

TEST_CASE("of a hostent the names and the addresses of IPv4 and IPv6 are read, and its lists may be missing") {
    struct entry {
        const char* h_name;
        const char** h_aliases;
        short h_length;
        const char** h_addr_list;
    };
    const char* aliases[] = {"www", "ftp", nullptr};
    const char* addresses[] = {"\xc0\0\2\1", "\xc0\0\2\2", nullptr};
    auto known = os::to_aliases(entry{"host", aliases, 4, addresses});
    CHECK(known.canonical_name == "host");
    CHECK(known.aliases == std::vector<std::string>{"www", "ftp"});
    CHECK(known.addresses == std::vector<ip_address>{*ip_address::parse("192.0.2.1"), *ip_address::parse("192.0.2.2")});
    const char* longer[] = {" \1\r\xb8\0\0\0\0\0\0\0\0\0\0\0\1", nullptr};
    CHECK(os::to_aliases(entry{nullptr, nullptr, 16, longer}).addresses == std::vector<ip_address>{*ip_address::parse("2001:db8::1")});
    CHECK(os::to_aliases(entry{"host", nullptr, 6, addresses}).addresses.empty());
}
