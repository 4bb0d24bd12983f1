// SPDX-License-Identifier: BSL-1.0
#include <plumb/dns/host_port.hpp>

#include <doctest/doctest.h>

#include <string>

using namespace plumb;

TEST_CASE("a text is split at its one colon, and an IPv6 address stands in brackets") {
    struct {
        std::string text, host, service, reason;
    } rows[] = {
        {"example.com:80", "example.com", "80", "a name and a port"},
        {"example.com:http", "example.com", "http", "a name and a service"},
        {"1.2.3.4:80", "1.2.3.4", "80", "an IPv4 address"},
        {"[::1]:80", "::1", "80", "an IPv6 address"},
        {"[fe80::1%eth0]:http", "fe80::1%eth0", "http", "an IPv6 address with a scope"},
        {"127.1:70000", "127.1", "70000", "what can be resolved is not looked at"},
    };
    for (auto& row : rows) {
        CAPTURE(row.reason);
        auto halves = split_host_port(row.text);
        REQUIRE(halves);
        CHECK(*halves == host_port{row.host, row.service});
    }
}

TEST_CASE("a text that is no host and service says where it goes wrong") {
    struct {
        std::string text;
        std::uint32_t offset;
        const char* reason;
    } rows[] = {
        {"", 0, "empty"},
        {"example.com", 11, "no service"},
        {"example.com:", 12, "an empty service"},
        {":80", 0, "no host"},
        {"::1:80", 0, "an IPv6 address needs its brackets"},
        {"fe80::1:80", 5, "an IPv6 address needs its brackets"},
        {"a:b:c", 3, "two colons"},
        {"[::1]", 5, "no service"},
        {"[::1]:", 6, "an empty service"},
        {"[::1]80", 5, "no colon"},
        {"[::1", 4, "no closing bracket"},
        {"[]:80", 1, "nothing in brackets"},
        {"[1.2.3.4]:80", 2, "an IPv4 address has no brackets"},
        {"[example.com]:80", 2, "a name has no brackets"},
        {"[[::1]]:80", 1, "one pair is enough"},
        {"a]:80", 1, "a stray bracket"},
        {"a:[80]", 2, "a bracket in the service"},
        {"[::1]:80:90", 8, "two services"},
        {"[fe80::1%]:80", 9, "a scope without its name"},
    };
    for (auto& row : rows) {
        CAPTURE(row.text);
        CAPTURE(row.reason);
        auto halves = split_host_port(row.text);
        REQUIRE(!halves);
        CHECK(halves.error() == error(verb::parse, condition::invalid_text, row.offset));
    }
}

static_assert(split_host_port("[::1]:80")->host == "::1", "split at compile time where wanted");
