// SPDX-License-Identifier: BSL-1.0
#include <plumb/dns/aliases.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <string>
#include <vector>

using namespace plumb;
using namespace std::chrono_literals;
using namespace std::string_literals;

namespace {

const ip_address one = ipv4_address(192, 0, 2, 1), two = ipv4_address(192, 0, 2, 2), six = *ip_address::parse("2001:db8::1");

// A system that knows one host, in either family as told.
struct scripted : os::native {
    static inline result<host_aliases> v4, v6;
    static inline int asked = 0;

    static result<host_aliases> aliases(const std::string&, ip_family family) {
        ++asked;
        return family == ip_family::ipv4 ? v4 : v6;
    }
    static result<host_aliases> aliases(const ip_address& address) {
        ++asked;
        return host_aliases{"of-an-address", {}, {address}};
    }
};

std::unexpected<error> cause(lookup why) { return failure(verb::resolve, why); }

}  // namespace

TEST_CASE("both families are asked, and their answers are one host") {
    scripted::v4 = host_aliases{"official", {"a", "b"}, {one, two}};
    scripted::v6 = host_aliases{"official", {"b", "c"}, {six, one}};
    auto host = aliases<scripted>("a", within(20s)).value();
    CHECK(host.canonical_name == "official");
    CHECK(host.aliases == std::vector{"a"s, "b"s, "c"s});
    CHECK(host.addresses == std::vector{one, two, six});

    scripted::v6 = host_aliases{"official6", {}, {six}};
    CHECK(aliases<scripted>("a")->aliases == std::vector{"a"s, "b"s, "official6"s});
    CHECK(aliases<scripted>("a", ip_family::ipv6)->addresses == std::vector{six});
    CHECK(aliases<scripted>("a", ip_family::ipv4)->addresses == std::vector{one, two});
}

TEST_CASE("one family is enough, and of two failures the one that says more is told") {
    struct {
        result<host_aliases> v4, v6;
        bool found;
        lookup why;
        const char* reason;
    } rows[] = {
        {host_aliases{"h", {}, {one}}, cause(lookup::no_address), true, {}, "IPv4 alone"},
        {host_aliases{"h", {}, {one}}, cause(lookup::failed), true, {}, "IPv4 is there, whatever IPv6 says"},
        {cause(lookup::no_address), host_aliases{"h", {}, {six}}, true, {}, "IPv6 alone"},
        {cause(lookup::host_not_found), host_aliases{"h", {}, {six}}, true, {}, "a hosts file knows it by IPv6 alone"},
        {cause(lookup::host_not_found), cause(lookup::host_not_found), false, lookup::host_not_found, "neither"},
        {cause(lookup::no_address), cause(lookup::host_not_found), false, lookup::no_address, "it exists"},
        {cause(lookup::host_not_found), cause(lookup::no_address), false, lookup::no_address, "it exists"},
        {cause(lookup::no_address), cause(lookup::try_again), false, lookup::try_again, "it may have one later"},
        {cause(lookup::try_again), cause(lookup::host_not_found), false, lookup::try_again, "not worth a second question"},
    };
    for (auto& row : rows) {
        CAPTURE(row.reason);
        scripted::v4 = row.v4;
        scripted::v6 = row.v6;
        auto host = aliases<scripted>("h");
        CHECK(host.has_value() == row.found);
        if (!host) CHECK(host.error() == row.why);
    }
}

TEST_CASE("an address is looked up as one, and what is no name is not looked up at all") {
    CHECK(aliases<scripted>("192.0.2.1")->canonical_name == "of-an-address");
    CHECK(aliases<scripted>(one)->addresses == std::vector{one});
    scripted::asked = 0;
    CHECK(aliases<scripted>("127.1").error() == error(verb::resolve, lookup::invalid_name));
    CHECK(aliases<scripted>("host\0evil"s).error() == error(verb::resolve, lookup::invalid_name));
    CHECK(aliases<scripted>(one, ip_family::ipv6).error() == error(verb::reverse_resolve, lookup::no_address));
    CHECK(aliases<scripted>("2001:db8::1", ip_family::ipv4).error() == error(verb::reverse_resolve, lookup::no_address));
    CHECK(scripted::asked == 0);
}

TEST_CASE("localhost has a loopback address, on the kernel's own resolver") {
    auto host = aliases("localhost", within(20s));
    REQUIRE(host);
    CHECK(!host->addresses.empty());
    for (const auto& address : host->addresses) CHECK(address.is_loopback());
}
