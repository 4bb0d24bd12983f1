// SPDX-License-Identifier: BSL-1.0
#include <plumb/address/ipv6.hpp>

#include "../support/address_checks.hpp"

using namespace plumb;

namespace {

constexpr auto of = [](std::string_view text) { return ipv6_address::parse(text).value(); };

}  // namespace

TEST_CASE("an IPv6 address is made of groups, of wire bytes, of two numbers, and gives them back") {
    constexpr ipv6_address address(0x2001, 0xdb8, 0, 0, 0, 0, 0xab, 1);
    static_assert(address.upper() == 0x2001'0db8'0000'0000 && address.lower() == 0x00ab'0001);
    static_assert(ipv6_address::from_uints(address.upper(), address.lower()) == address);
    static_assert(address.to_bytes()[0] == std::byte{0x20} && address.to_bytes()[13] == std::byte{0xab} && address.to_bytes()[15] == std::byte{1});
    static_assert(ipv6_address(address.to_bytes()) == address);
    static_assert(sizeof(ipv6_address) == 32);
    CHECK(to_string(address) == "2001:db8::ab:1");

    std::uint16_t group = 0xffff;    // a run-time group needs no cast
    CHECK(to_string(ipv6_address(group, 0, 0, 0, 0, 0, 0, group)) == "ffff::ffff");
}

TEST_CASE("the named IPv6 addresses are what the system calls them") {
    CHECK(ipv6_address() == ipv6_address::any());
    CHECK(to_string(ipv6_address::any()) == "::");
    CHECK(to_string(ipv6_address::loopback()) == "::1");
#ifdef HAS_INET_PTON
    auto any = ipv6_address::any().to_bytes(), loopback = ipv6_address::loopback().to_bytes();
    CHECK(std::memcmp(any.data(), &in6addr_any, 16) == 0);
    CHECK(std::memcmp(loopback.data(), &in6addr_loopback, 16) == 0);
#endif
}

TEST_CASE("a scope is part of the address: of its equality, its order, its hash and its text") {
    auto bare = of("fe80::1");
    auto numbered = bare.with_scope(ipv6_scope::from_number(2));
    auto named = bare.with_scope(ipv6_scope::from_name("eth0").value());
    CHECK(bare.scope().is_none());
    CHECK(numbered.scope().number() == 2);
    CHECK(named.scope().name() == "eth0");
    CHECK(to_string(numbered) == "fe80::1%2");
    CHECK(to_string(named) == "fe80::1%eth0");
    CHECK(named.without_scope() == bare);
    CHECK(named.to_bytes() == bare.to_bytes());
    CHECK(ipv6_address(bare.to_bytes(), named.scope()) == named);
    support::are_in_order<ipv6_address>({bare, numbered, named, of("fe80::2")});
}

TEST_CASE("an IPv4 address is mapped into IPv6 and comes back; no other one does") {
    constexpr ipv4_address v4(192, 0, 2, 128);
    constexpr auto v6 = ipv6_address::mapped(v4);
    static_assert(v6.is_v4_mapped() && *v6.to_v4() == v4);
    CHECK(to_string(v6) == "::ffff:192.0.2.128");
    for (auto text : {"::", "::192.0.2.128", "::fffe:192.0.2.128", "::1:ffff:192.0.2.128", "1::ffff:192.0.2.128", "64:ff9b::192.0.2.128"}) {
        CAPTURE(text);
        CHECK_FALSE(of(text).is_v4_mapped());
        CHECK(of(text).to_v4().error() == std::errc::address_family_not_supported);
    }
}

TEST_CASE("each registered IPv6 range begins and ends where its RFC says") {
    using predicate = bool (ipv6_address::*)() const noexcept;
    struct range {
        predicate is;
        const char* before;
        const char* first;
        const char* last;
        const char* behind;
        const char* source;
    };
    const range ranges[] = {
        {&ipv6_address::is_unspecified, "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "::", "::", "::1", "RFC 4291"},
        {&ipv6_address::is_loopback, "::", "::1", "::1", "::2", "RFC 4291"},
        {&ipv6_address::is_private, "fbff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "fc00::", "fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "fe00::", "RFC 4193"},
        {&ipv6_address::is_link_local, "fe7f:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "fe80::", "febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "fec0::", "RFC 4291"},
        {&ipv6_address::is_multicast, "feff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "ff00::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "::", "RFC 4291"},
        {&ipv6_address::is_documentation, "2001:db7:ffff:ffff:ffff:ffff:ffff:ffff", "2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff", "2001:db9::", "RFC 3849"},
        {&ipv6_address::is_documentation, "3ffe:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "3fff::", "3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff", "3fff:1000::", "RFC 9637"},
        {&ipv6_address::is_benchmarking, "2001:1:ffff:ffff:ffff:ffff:ffff:ffff", "2001:2::", "2001:2:0:ffff:ffff:ffff:ffff:ffff", "2001:2:1::", "RFC 5180"},
        {&ipv6_address::is_6to4, "2001:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "2002::", "2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "2003::", "RFC 3056"},
        {&ipv6_address::is_teredo, "2000:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "2001::", "2001:0:ffff:ffff:ffff:ffff:ffff:ffff", "2001:1::", "RFC 4380"},
        {&ipv6_address::is_nat64, "64:ff9a:ffff:ffff:ffff:ffff:ffff:ffff", "64:ff9b::", "64:ff9b::ffff:ffff", "64:ff9b::1:0:0", "RFC 6052"},
        {&ipv6_address::is_nat64, "64:ff9b:0:ffff:ffff:ffff:ffff:ffff", "64:ff9b:1::", "64:ff9b:1:ffff:ffff:ffff:ffff:ffff", "64:ff9b:2::", "RFC 8215"},
        {&ipv6_address::is_discard_only, "ff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "100::", "100::ffff:ffff:ffff:ffff", "100:0:0:1::", "RFC 6666"},
        {&ipv6_address::is_v4_mapped, "::fffe:255.255.255.255", "::ffff:0.0.0.0", "::ffff:255.255.255.255", "::1:0:0:0", "RFC 4291"},
    };
    for (const auto& [is, before, first, last, behind, source] : ranges) {
        CAPTURE(source);
        CAPTURE(first);
        CHECK_FALSE((of(before).*is)());
        CHECK((of(first).*is)());
        CHECK((of(last).*is)());
        CHECK_FALSE((of(behind).*is)());
        CHECK((of(first).with_scope(ipv6_scope::from_number(1)).*is)());
    }
}

TEST_CASE("an address that maps an IPv4 one answers for it, so that no check is passed by in disguise") {
    for (auto text : {"0.0.0.0", "127.0.0.1", "10.0.0.1", "169.254.1.1", "224.0.0.1", "192.0.2.1", "198.18.0.1", "240.0.0.1", "8.8.8.8", "192.0.0.9"}) {
        CAPTURE(text);
        auto v4 = ipv4_address::parse(text).value();
        auto v6 = ipv6_address::mapped(v4);
        CHECK(v6.is_unspecified() == v4.is_unspecified());
        CHECK(v6.is_loopback() == v4.is_loopback());
        CHECK(v6.is_private() == v4.is_private());
        CHECK(v6.is_link_local() == v4.is_link_local());
        CHECK(v6.is_multicast() == v4.is_multicast());
        CHECK(v6.is_documentation() == v4.is_documentation());
        CHECK(v6.is_benchmarking() == v4.is_benchmarking());
        CHECK(v6.is_reserved() == v4.is_reserved());
        CHECK(v6.is_global() == v4.is_global());
    }
}

TEST_CASE("an IPv6 address is global, reserved or neither, as IANA's registries say") {
    struct row {
        const char* text;
        bool is_global, is_reserved;
        const char* reason;
    };
    for (auto [text, is_global, is_reserved, reason] : {
             row{"2606:4700:4700::1111", true, false, "an ordinary one"},
             {"::", false, false, "unspecified"},
             {"::1", false, false, "loopback"},
             {"::2", false, true, "unassigned"},
             {"::192.0.2.1", false, true, "IPv4-compatible, deprecated by RFC 4291"},
             {"64:ff9b::8.8.8.8", true, false, "a translator's well-known prefix"},
             {"64:ff9b:1::8.8.8.8", false, false, "a translator inside one network"},
             {"100::1", false, false, "discard-only"},
             {"100:0:0:1::1", false, false, "dummy prefix, RFC 9780"},
             {"100:0:0:2::1", false, true, "behind it"},
             {"1fff::1", false, true, "before global unicast"},
             {"2000::", true, false, "its first address"},
             {"2001::1", false, false, "Teredo: the registry leaves it open"},
             {"2001:1::", false, false, "protocol assignments"},
             {"2001:1::1", true, false, "port control anycast, RFC 7723"},
             {"2001:1::2", true, false, "TURN anycast, RFC 8155"},
             {"2001:1::3", true, false, "service registration anycast, RFC 9665"},
             {"2001:1::4", false, false, "protocol assignments"},
             {"2001:2::1", false, false, "benchmarking"},
             {"2001:3::1", true, false, "AMT, RFC 7450"},
             {"2001:4:112::1", true, false, "AS112, RFC 7535"},
             {"2001:4:113::1", false, false, "behind AS112"},
             {"2001:10::1", false, false, "ORCHID, given back"},
             {"2001:20::1", true, false, "ORCHIDv2, RFC 7343"},
             {"2001:30::1", true, false, "drone identifiers, RFC 9374"},
             {"2001:40::1", false, false, "protocol assignments"},
             {"2001:200::1", true, false, "behind protocol assignments"},
             {"2001:db8::1", false, false, "documentation"},
             {"2002:808:808::1", false, false, "6to4: the registry leaves it open"},
             {"2620:4f:8000::1", true, false, "AS112, RFC 7534"},
             {"3fff::1", false, false, "documentation"},
             {"3fff:1000::1", true, false, "behind documentation"},
             {"4000::1", false, true, "behind global unicast"},
             {"5f00::1", false, false, "segment routing, RFC 9602"},
             {"fc00::1", false, false, "unique local"},
             {"fe80::1", false, false, "link-local"},
             {"fec0::1", false, true, "site-local, given back by RFC 3879"},
             {"ff0e::1", false, false, "multicast is no one host"},
         }) {
        CAPTURE(text);
        CAPTURE(reason);
        CHECK(of(text).is_global() == is_global);
        CHECK(of(text).is_reserved() == is_reserved);
    }
}

TEST_CASE("a multicast address tells how far it reaches") {
    CHECK(of("ff01::1").multicast_scope() == multicast_reach::interface_local);
    CHECK(of("ff02::fb").multicast_scope() == multicast_reach::link_local);
    CHECK(of("ff03::1").multicast_scope() == multicast_reach::realm_local);
    CHECK(of("ff04::1").multicast_scope() == multicast_reach::admin_local);
    CHECK(of("ff15::1").multicast_scope() == multicast_reach::site_local);
    CHECK(of("ff08::1").multicast_scope() == multicast_reach::organization_local);
    CHECK(of("ff0e::1").multicast_scope() == multicast_reach::global);
    CHECK(of("fe80::1").multicast_scope() == multicast_reach::none);
    CHECK(of("::ffff:224.0.0.1").multicast_scope() == multicast_reach::none);
}

TEST_CASE("IPv6 addresses are ordered by their bytes, and hash apart") {
    support::are_in_order<ipv6_address>({of("::"), of("::1"), of("::1:0"), of("::ffff:0.0.0.1"), of("::1:0:0:0"), of("0:0:0:1::"), of("1::"),
                                         of("7fff::"), of("8000::"), of("fe80::1"), of("fe80::1%1"), of("fe80::1%a"), of("ffff::")});
    std::set<std::size_t> low_bits;
    for (std::uint64_t i = 0; i < 1024; ++i) low_bits.insert(std::hash<ipv6_address>()(ipv6_address::from_uints(0x2001'0db8'0000'0000 + i, i)) & 4095);
    CHECK(low_bits.size() > 850);
}
