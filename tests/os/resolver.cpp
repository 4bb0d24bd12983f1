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
