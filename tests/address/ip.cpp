// SPDX-License-Identifier: BSL-1.0
#include <plumb/address/ip.hpp>

#include "../support/address_checks.hpp"

#if __has_include(<sys/wait.h>)
#include <csignal>
#include <sys/wait.h>
#include <unistd.h>
#endif

using namespace plumb;

TEST_CASE("an IP address is one of either version, and knows which") {
    constexpr ip_address v4 = ipv4_address::loopback(), v6 = ipv6_address::loopback();
    static_assert(v4.is_v4() && !v4.is_v6() && v4.v4() == ipv4_address::loopback());
    static_assert(v6.is_v6() && !v6.is_v4() && v6.v6() == ipv6_address::loopback());
    static_assert(ip_address() == ipv4_address::any());
    CHECK(v4 != v6);
    CHECK(to_string(v4) == "127.0.0.1");
    CHECK(to_string(v6) == "::1");
}

TEST_CASE("an IPv4 address and its mapped form are two values, and unmapped() makes them one") {
    ip_address v4 = ipv4_address(192, 0, 2, 1), mapped = ipv6_address::mapped(v4.v4());
    CHECK(v4 != mapped);
    CHECK(std::hash<ip_address>()(v4) != std::hash<ip_address>()(mapped));
    CHECK(to_string(mapped) == "::ffff:192.0.2.1");
    CHECK(mapped.unmapped() == v4);
    CHECK(v4.unmapped() == v4);
    CHECK(ip_address(ipv6_address::loopback()).unmapped() == ipv6_address::loopback());
}

TEST_CASE("an IP address answers every question as its version does") {
    for (auto text : {"0.0.0.0", "127.0.0.1", "10.0.0.1", "169.254.1.1", "224.0.0.1", "192.0.2.1", "198.18.0.1", "240.0.0.1", "255.255.255.255",
                      "100.64.0.1", "8.8.8.8", "::", "::1", "fc00::1", "fe80::1%2", "ff02::1", "2001:db8::1", "2001:2::1", "4000::", "2600::",
                      "::ffff:127.0.0.1", "::ffff:255.255.255.255", "::ffff:100.64.0.1"}) {
        CAPTURE(text);
        auto either = ip_address::parse(text).value();
        auto asks = [&](const auto& address) {
            CHECK(either.is_unspecified() == address.is_unspecified());
            CHECK(either.is_loopback() == address.is_loopback());
            CHECK(either.is_link_local() == address.is_link_local());
            CHECK(either.is_multicast() == address.is_multicast());
            CHECK(either.is_private() == address.is_private());
            CHECK(either.is_documentation() == address.is_documentation());
            CHECK(either.is_benchmarking() == address.is_benchmarking());
            CHECK(either.is_reserved() == address.is_reserved());
            CHECK(either.is_global() == address.is_global());
        };
        if (either.is_v4()) asks(either.v4());
        else asks(either.v6());
        auto bare = either.unmapped();
        CHECK(either.is_broadcast() == (bare.is_v4() && bare.v4().is_broadcast()));
        CHECK(either.is_shared() == (bare.is_v4() && bare.v4().is_shared()));
    }
}

TEST_CASE("an IP address is read as what its text says") {
    support::accepts<ip_address>({
        {"1.2.3.4", "1.2.3.4", "IPv4"},
        {"::1.2.3.4", "::102:304", "IPv6 with dots"},
        {"::ffff:1.2.3.4", "::ffff:1.2.3.4", "stays IPv6"},
        {"fe80::1%eth0", "fe80::1%eth0", "with a scope"},
        {"1::", "1::", "begins like IPv4"},
        {"255::", "255::", "begins like IPv4"},
    });
}

TEST_CASE("a text with a colon goes wrong as IPv6, every other as IPv4") {
    support::refuses<ip_address>({
        {"", 0, "empty"},
        {"256.0.0.1", 2, "IPv4 with an octet beyond 255"},
        {"1.2.3", 5, "IPv4 that ends early"},
        {"1.2.3.4.5", 7, "IPv4 with five octets"},
        {"1.2.3.4%1", 7, "IPv4 with a scope"},
        {"010.0.0.1", 1, "a leading zero"},
        {"1.2.3.4:80", 7, "an endpoint"},
        {"1:2.3", 3, "IPv6 with a tail too early"},
        {"::12345", 6, "IPv6 with five digits"},
        {"fe80", 0, "no colon, so IPv4"},
        {"localhost", 0, "a name"},
        {"[::1]", 0, "brackets belong to an endpoint"},
    });
}

TEST_CASE("the parser agrees with its slow twin on texts that are nearly addresses") {
    support::agrees_near<ip_address>({"127.0.0.1", "::1", "2001:db8::1", "::ffff:192.0.2.128", "fe80::1%eth0", "255.255.255.255", "1:2:3:4:5:6:7:8"},
                                     "0123456789abcdef::..%x ");
}

TEST_CASE("IPv4 comes before IPv6, and each in its own order") {
    auto of = [](const char* text) { return ip_address::parse(text).value(); };
    support::are_in_order<ip_address>({of("0.0.0.0"), of("1.2.3.4"), of("255.255.255.255"), of("::"), of("::1"), of("::ffff:1.2.3.4"), of("fe80::1"),
                                       of("fe80::1%1"), of("fe80::1%x"), of("ffff::")});
    for (auto text : {"0.0.0.0", "255.255.255.255", "::", "fe80::1%eth0"}) support::is_never_truncated(of(text));
}

#if __has_include(<sys/wait.h>)
TEST_CASE("asking for the wrong version ends the program, and says why") {
    for (bool asks_for_v4 : {true, false}) {
        int ends[2];
        REQUIRE(pipe(ends) == 0);
        auto child = fork();
        REQUIRE(child >= 0);
        if (child == 0) {
            std::signal(SIGABRT, SIG_DFL);    // the test's own handler would report
            dup2(ends[1], 2);
            ip_address v4 = ipv4_address::any(), v6 = ipv6_address::any();
            if (asks_for_v4) _exit(static_cast<int>(v6.v4().to_uint()));
            _exit(static_cast<int>(v4.v6().lower()));
        }
        close(ends[1]);
        char said[200] = {};
        auto size = read(ends[0], said, sizeof said - 1);
        close(ends[0]);
        int status = 0;
        REQUIRE(waitpid(child, &status, 0) == child);
        CHECK(size > 0);
        CHECK(std::string_view(said).starts_with(asks_for_v4 ? "plumb: v4() of an ip_address that is IPv6" : "plumb: v6() of an ip_address that is IPv4"));
        CHECK((WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT));
    }
}
#endif
