// SPDX-License-Identifier: BSL-1.0
#include <plumb/address/ipv6_text.hpp>

#include "../support/address_checks.hpp"

using namespace plumb;

TEST_CASE("every form of RFC 4291 section 2.2 is read, and written as RFC 5952 section 4 recommends") {
    support::accepts<ipv6_address>({
        {"ABCD:EF01:2345:6789:ABCD:EF01:2345:6789", "abcd:ef01:2345:6789:abcd:ef01:2345:6789", "RFC 4291 2.2.1, and lower case"},
        {"2001:DB8:0:0:8:800:200C:417A", "2001:db8::8:800:200c:417a", "RFC 4291 2.2.1"},
        {"2001:DB8::8:800:200C:417A", "2001:db8::8:800:200c:417a", "RFC 4291 2.2.2, unicast"},
        {"FF01:0:0:0:0:0:0:101", "ff01::101", "RFC 4291 2.2.2, multicast"},
        {"FF01::101", "ff01::101", "RFC 4291 2.2.2, multicast"},
        {"0:0:0:0:0:0:0:1", "::1", "RFC 4291 2.2.2, loopback"},
        {"::1", "::1", "RFC 4291 2.2.2, loopback"},
        {"0:0:0:0:0:0:0:0", "::", "RFC 4291 2.2.2, unspecified"},
        {"::", "::", "RFC 4291 2.2.2, unspecified"},
        {"0:0:0:0:0:0:13.1.68.3", "::d01:4403", "RFC 4291 2.2.3"},
        {"::13.1.68.3", "::d01:4403", "RFC 4291 2.2.3"},
        {"0:0:0:0:0:FFFF:129.144.52.38", "::ffff:129.144.52.38", "RFC 4291 2.2.3"},
        {"::FFFF:129.144.52.38", "::ffff:129.144.52.38", "RFC 4291 2.2.3"},
        {"2001:0DB8:0000:CD30:0000:0000:0000:0000", "2001:db8:0:cd30::", "RFC 4291 2.3"},
        {"2001:0db8::0001", "2001:db8::1", "RFC 5952 2.1 and 4.1, leading zeros"},
        {"2001:db8:aaaa:bbbb:cccc:dddd:eeee:0001", "2001:db8:aaaa:bbbb:cccc:dddd:eeee:1", "RFC 5952 2.1"},
        {"2001:db8:0:0:0::1", "2001:db8::1", "RFC 5952 2.2, a gap beside zeros"},
        {"2001:db8:0:0::1", "2001:db8::1", "RFC 5952 2.2"},
        {"2001:db8:aaaa:bbbb:cccc:dddd::1", "2001:db8:aaaa:bbbb:cccc:dddd:0:1", "RFC 5952 2.2 and 4.2.2, one group needs no gap"},
        {"2001:db8:aaaa:bbbb:cccc:dddd:0:1", "2001:db8:aaaa:bbbb:cccc:dddd:0:1", "RFC 5952 2.2"},
        {"2001:db8:0:0:0:0:2:1", "2001:db8::2:1", "RFC 5952 4.2.1, as short as possible"},
        {"2001:db8::0:1", "2001:db8::1", "RFC 5952 4.2.1"},
        {"2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1", "RFC 5952 4.2.2"},
        {"2001:0:0:1:0:0:0:1", "2001:0:0:1::1", "RFC 5952 4.2.3, the longest run"},
        {"2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1", "RFC 5952 4.2.3, the first of equals"},
        {"2001:db8::AAAA", "2001:db8::aaaa", "RFC 5952 4.3"},
        {"1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0", "a gap of one group at the end"},
        {"::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8", "a gap of one group at the front"},
        {"1::", "1::", "a gap at the end"},
        {"1:2:3:4:5:6:1.2.3.4", "1:2:3:4:5:6:102:304", "IPv4 for the last two groups"},
        {"::1:2:3:4:5:1.2.3.4", "0:1:2:3:4:5:102:304", "and a gap of one group"},
        {"64:ff9b::192.0.2.33", "64:ff9b::c000:221", "a translated address is not written with dots"},
        {"::ffff:0:1.2.3.4", "::ffff:0:102:304", "looks mapped, and is not"},
        {"::ffff:102:304", "::ffff:1.2.3.4", "a mapped address in groups"},
        {"0:0:1::", "0:0:1::", "the longer run is the last"},
        {"0:0:0:1::", "0:0:0:1::", "the longer run is the last, of four"},
        {"0:0:0:0:1::", "::1:0:0:0", "the longer run is the first"},
        {"fe80::1%eth0", "fe80::1%eth0", "RFC 4007 11, a scope by name"},
        {"fe80::1%2", "fe80::1%2", "RFC 4007 11, a scope by number"},
        {"fe80::1%4294967295", "fe80::1%4294967295", "the greatest number"},
        {"fe80::1%0", "fe80::1", "number 0 is no scope"},
        {"fe80::1%lo", "fe80::1%lo", "a name of letters"},
        {"fe80::1%0x1", "fe80::1%0x1", "a name, not hexadecimal"},
        {"::ffff:1.2.3.4%eth0", "::ffff:1.2.3.4%eth0", "a scope behind dots"},
    });
}

TEST_CASE("everything else is refused as an IPv6 address, with the place where it goes wrong") {
    using namespace std::string_view_literals;
    support::refuses<ipv6_address>({
        {"", 0, "empty"},
        {":", 1, "half a gap"},
        {":1", 1, "half a gap in front"},
        {"1:", 2, "ends behind a colon"},
        {"1", 1, "ends early"},
        {"1:2:3:4:5:6:7", 13, "seven groups"},
        {"1:2:3:4:5:6:7:", 14, "ends behind a colon"},
        {"1:2:3:4:5:6:7:8:9", 15, "nine groups"},
        {"1:2:3:4:5:6:7:8::", 15, "a gap for nothing"},
        {"1:2:3:4:5:6:7::8", 15, "a gap for nothing"},
        {"::1:2:3:4:5:6:7:8", 15, "a gap for nothing"},
        {"1::2::3", 5, "two gaps"},
        {":::", 2, "three colons"},
        {"1:::2", 3, "three colons"},
        {"::1:", 4, "ends behind a colon"},
        {"12345::", 4, "five digits"},
        {"::00001", 6, "five digits, though the value fits"},
        {"g::", 0, "no digit"},
        {"::g", 2, "no digit"},
        {"1:g::", 2, "no digit"},
        {"0x1::", 1, "hexadecimal as C writes it"},
        {" ::1", 0, "a blank in front"},
        {"::1 ", 3, "a blank behind"},
        {"[::1]", 0, "brackets belong to an endpoint"},
        {"::1/64", 3, "a prefix is another type"},
        {"::1\0"sv, 3, "a NUL at the end"},
        {"::\0001"sv, 2, "a NUL within"},
        {"1.2.3.4", 1, "IPv4"},
        {"::1.2.3", 7, "a short tail"},
        {"::1.2.3.4.5", 9, "a long tail"},
        {"::1.2.3.4:5", 9, "a group behind the tail"},
        {"::1.2.3.4::", 9, "a gap behind the tail"},
        {"::256.1.1.1", 5, "not an octet, seen at the dot since ::256 is an address"},
        {"::01.2.3.4", 4, "a leading zero, likewise"},
        {"::1.2.3.04", 9, "a leading zero in the tail"},
        {"::1.2.3.256", 10, "too much in the tail"},
        {"::1a.2.3.4", 4, "not decimal"},
        {"::.1.2.3", 2, "no octet"},
        {"1:2:3:4:5:1.2.3.4", 11, "a tail too early"},
        {"1:2:3:4:5:6:7:1.2.3.4", 15, "a tail too late"},
        {"::1:2:3:4:5:6:1.2.3.4", 15, "a tail, and no room for a gap"},
        {"fe80::1%", 8, "an empty scope"},
        {"fe80::1%4294967296", 17, "a number beyond 32 bits"},
        {"fe80::1%01", 9, "a leading zero"},
        {"fe80::1%00", 9, "a leading zero"},
        {"fe80::1%.", 9, "a directory"},
        {"fe80::1%..", 10, "a directory"},
        {"fe80::1%eth 0", 11, "a blank in the name"},
        {"fe80::1%sixteen--letters", 23, "a name too long"},
        {"fe80::1%eth0%1", 12, "two scopes"},
        {"fe80::1%eth0/64", 12, "a prefix"},
        {"fe80::1%eth\0"sv, 11, "a NUL in the name"},
        {"%eth0", 0, "nothing but a scope"},
        {"fe80%eth0", 4, "no address"},
        {"\uff11::", 0, "a digit that is not ASCII"},
    });
}

TEST_CASE("the parser agrees with its slow twin and with the C library on texts that are nearly addresses") {
    auto both = [](const std::string& text) {
        auto found = slow::disagreement<ipv6_address>(text);
        return found.empty() ? slow::disagreement_with_c<ipv6_address>(text) : found;
    };
    support::agrees_near<ipv6_address>(
        {"::", "::1", "2001:db8::1", "1:2:3:4:5:6:7:8", "1:2:3:4:5:6:1.2.3.4", "::ffff:192.0.2.128", "fe80::1%eth0", "fe80::1%4294967295",
         "abcd:ef01:2345:6789:abcd:ef01:2345:6789", "1:2:3::6:7:8", "::1:2:3:4:5:1.2.3.4"},
        "0123456789abcdefABCDEF::::....%/x ", 30'000, both);
}

TEST_CASE("every set of zero groups is written with the longest gap, as inet_ntop writes it") {
    for (unsigned zeros = 0; zeros < 256; ++zeros)
        for (unsigned group : {0x1u, 0x23u, 0x456u, 0x789au, 0xffffu}) {
            auto at = [&](unsigned i) { return zeros >> i & 1 ? std::uint16_t{0} : static_cast<std::uint16_t>(group); };
            ipv6_address address(at(0), at(1), at(2), at(3), at(4), at(5), at(6), at(7));
            auto text = to_string(address);
            CAPTURE(text);
            REQUIRE(slow::disagreement<ipv6_address>(text) == "");
            REQUIRE(slow::disagreement_with_c<ipv6_address>(text) == "");
            REQUIRE(text.find(":::") == text.npos);
        }
}

TEST_CASE("every group is written at every place as inet_ntop writes it") {
    for (unsigned group = 0; group < 65536; group += group < 600 ? 1 : 251)
        for (unsigned place = 0; place < 8; ++place) {
            auto number = std::uint64_t{group} << 16 * (place & 3);
            auto address = ipv6_address::from_uints(place < 4 ? 0 : number, place < 4 ? number : 0);
            auto text = to_string(address);
            CAPTURE(text);
            REQUIRE(slow::disagreement<ipv6_address>(text) == "");
            REQUIRE(slow::disagreement_with_c<ipv6_address>(text) == "");
        }
}

TEST_CASE("an IPv6 address of the greatest length is written into room that fits, or not at all") {
    static_assert(ipv6_address::max_text_size == 55);
    auto scope = ipv6_scope::from_name("fifteen-letters").value();
    auto longest = ipv6_address::from_uints(~std::uint64_t{0}, ~std::uint64_t{0}, scope);
    CHECK(to_string(longest).size() == ipv6_address::max_text_size);
    support::is_never_truncated(longest);
    support::is_never_truncated(longest.without_scope());
    support::is_never_truncated(ipv6_address());
    support::is_never_truncated(ipv6_address::mapped(ipv4_address::broadcast()).with_scope(scope));
}
