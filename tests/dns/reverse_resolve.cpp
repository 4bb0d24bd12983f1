// SPDX-License-Identifier: BSL-1.0
#include <plumb/dns/reverse_resolve.hpp>

#include <doctest/doctest.h>

#include <chrono>

using namespace plumb;
using namespace std::chrono_literals;

namespace {

// A system that names every host after its address.
struct scripted : os::native {
    static result<host_and_service> reverse(const endpoint& place, transport over) {
        if (place.address().is_v6()) return failure(verb::reverse_resolve, lookup::host_not_found);
        return host_and_service{"host-" + to_string(place.address()), over == transport::udp ? "udp" : "tcp"};
    }
};

}  // namespace

TEST_CASE("an endpoint has the name of its host and of its service") {
    auto place = *endpoint::parse("192.0.2.1:53");
    auto names = reverse_resolve<scripted>(place, within(20s), transport::udp).value();
    CHECK(names.host == "host-192.0.2.1");
    CHECK(names.service == "udp");
    CHECK(reverse_resolve<scripted>(place)->service == "tcp");
}

TEST_CASE("an address has the name of its host") {
    CHECK(reverse_resolve<scripted>(ipv4_address(192, 0, 2, 1)) == "host-192.0.2.1");
    CHECK(reverse_resolve<scripted>(ipv4_address(192, 0, 2, 1), stop_source().token()) == "host-192.0.2.1");
    CHECK(reverse_resolve<scripted>(ipv6_address::loopback()).error() == lookup::host_not_found);
}

TEST_CASE("a scope that names no interface is an error of its own") {
    auto nowhere = reverse_resolve(*endpoint::parse("[fe80::1%nosuchlink0]:80"));
    REQUIRE(!nowhere);
    CHECK(nowhere.error() == std::errc::no_such_device);
    CHECK(nowhere.error().operation() == verb::reverse_resolve);
}
