// SPDX-License-Identifier: BSL-1.0
#include <plumb/address/prefix.hpp>

#include "../support/address_checks.hpp"

using namespace plumb;

namespace {

constexpr auto of = [](std::string_view text) { return ip_prefix::parse(text).value(); };
constexpr auto ip = [](std::string_view text) { return ip_address::parse(text).value(); };

// True where the first bits of two addresses of one version are equal, bit by bit.
bool begin_alike(const ip_address& left, const ip_address& right, unsigned length) {
    auto alike = [&](const auto& a, const auto& b) {
        for (unsigned bit = 0; bit < length; ++bit)
            if (((a[bit / 8] ^ b[bit / 8]) >> (7 - bit % 8) & std::byte{1}) != std::byte{0}) return false;
        return true;
    };
    if (left.is_v4() != right.is_v4()) return false;
    return left.is_v4() ? alike(left.v4().to_bytes(), right.v4().to_bytes()) : alike(left.v6().to_bytes(), right.v6().to_bytes());
}

}  // namespace

TEST_CASE("a prefix is made of an address by dropping what lies beyond its length") {
    CHECK(to_string(ip_prefix::of(ipv4_address(10, 1, 2, 3), 8).value()) == "10.0.0.0/8");
    CHECK(to_string(ip_prefix::of(ipv4_address(10, 1, 2, 3), 32).value()) == "10.1.2.3/32");
    CHECK(to_string(ip_prefix::of(ipv4_address(10, 1, 2, 3), 0).value()) == "0.0.0.0/0");
    CHECK(to_string(ip_prefix::of(ip("2001:db8:ffff::1"), 33).value()) == "2001:db8:8000::/33");
    CHECK(to_string(ip_prefix::of(ip("fe80::1%eth0"), 128).value()) == "fe80::1/128");
    CHECK(ip_prefix() == of("0.0.0.0/0"));
    CHECK(ip_prefix::of(ipv4_address(), 33).error() == std::errc::result_out_of_range);
    CHECK(ip_prefix::of(ipv6_address(), 129).error() == std::errc::result_out_of_range);
    CHECK(ip_prefix::of(ipv4_address(), 4'294'967'295).error() == std::errc::result_out_of_range);
    static_assert(ip_prefix::parse("10.0.0.0/8")->contains(ipv4_address(10, 255, 0, 1)));
}

TEST_CASE("a prefix is read with all its bits within its length, and written so") {
    support::accepts<ip_prefix>({
        {"10.0.0.0/8", "10.0.0.0/8", "RFC 4632"},
        {"0.0.0.0/0", "0.0.0.0/0", "all of IPv4"},
        {"192.0.2.1/32", "192.0.2.1/32", "one address"},
        {"192.0.2.128/25", "192.0.2.128/25", "within a byte"},
        {"::/0", "::/0", "all of IPv6"},
        {"::1/128", "::1/128", "one address"},
        {"2001:0DB8:0000:CD30:0000:0000:0000:0000/60", "2001:db8:0:cd30::/60", "RFC 4291 section 2.3"},
        {"2001:0DB8::CD30:0:0:0:0/60", "2001:db8:0:cd30::/60", "RFC 4291 section 2.3"},
        {"2001:0DB8:0:CD30::/60", "2001:db8:0:cd30::/60", "RFC 4291 section 2.3"},
        {"fe80::/10", "fe80::/10", "link-local"},
        {"::ffff:0:0/96", "::ffff:0.0.0.0/96", "the mapped addresses stay IPv6"},
        {"::/64", "::/64", "half"},
        {"0:0:0:0:8000::/65", "::8000:0:0:0/65", "a bit more than half"},
    });
    CHECK(of("10.0.0.0/8").address() == ip("10.0.0.0"));
    CHECK(of("10.0.0.0/8").length() == 8);
}

TEST_CASE("everything else is refused as a prefix, with the place where it goes wrong") {
    using namespace std::string_view_literals;
    support::refuses<ip_prefix>({
        {"", 0, "empty"},
        {"10.0.0.0", 8, "no length"},
        {"10.0.0.0/", 9, "an empty length"},
        {"10.0.0.0/33", 10, "beyond 32"},
        {"10.0.0.0/320", 11, "beyond 32"},
        {"10.0.0.0/08", 10, "a leading zero"},
        {"0.0.0.0/00", 9, "a leading zero"},
        {"10.0.0.0/+8", 9, "a sign"},
        {"10.0.0.0/-8", 9, "a sign"},
        {"10.0.0.0/ 8", 9, "a blank"},
        {"10.0.0.0 /8", 8, "a blank"},
        {"10.0.0.0/8 ", 10, "a blank behind"},
        {"10.0.0.0/8\0"sv, 10, "a NUL behind"},
        {"10.0.0.0/8/8", 10, "two lengths"},
        {"10.0.0.0/255.0.0.0", 11, "a mask"},
        {"10.0.0.1/8", 9, "a bit beyond the length, which is what is wrong"},
        {"10.0.0.1/31", 9, "a bit beyond the length"},
        {"10.128.0.0/8", 11, "a bit beyond the length"},
        {"10/8", 2, "a short address"},
        {"10.0/8", 4, "a short address"},
        {"/8", 0, "no address"},
        {"2001:db8::/129", 13, "beyond 128"},
        {"2001:db8::1/64", 12, "a bit beyond the length"},
        {"fe80::%eth0/10", 6, "a scope"},
        {"[fe80::]/10", 0, "brackets"},
        {"::/", 3, "an empty length"},
        {"2001:0DB8:0:CD3/60", 15, "RFC 4291 section 2.3 calls it not legal"},
    });
    // RFC 4291 section 2.3: these two are addresses, but not of the node's subnet: 2001:db8::cd30/60 has bits beyond its length
    CHECK_FALSE(ip_prefix::parse("2001:0DB8::CD30/60").has_value());
    CHECK(to_string(ip_prefix::of(ip("2001:0DB8::CD3"), 60).value()) == "2001:db8::/60");
}

TEST_CASE("the parser agrees with its slow twin on texts that are nearly prefixes") {
    support::agrees_near<ip_prefix>({"10.0.0.0/8", "0.0.0.0/0", "192.0.2.128/25", "2001:db8::/32", "::/0", "fe80::/10", "::1/128", "::ffff:1.2.3.0/120"},
                                    "0123456789abcdef::..%// ");
}

TEST_CASE("a prefix contains what begins with its bits, from its first address to its last, at every length") {
    std::mt19937_64 random(1);
    for (const auto& base : {ip("10.11.12.13"), ip("255.255.255.255"), ip("2001:db8:1234:5678:9abc:def0:1234:5678"), ip("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff")}) {
        unsigned size = base.is_v4() ? 32 : 128;
        for (unsigned length = 0; length <= size; ++length) {
            auto prefix = ip_prefix::of(base, length).value();
            CAPTURE(to_string(prefix));
            REQUIRE(ip_prefix::parse(to_string(prefix)).value() == prefix);
            REQUIRE(prefix.contains(base));
            REQUIRE(prefix.contains(prefix.first()));
            REQUIRE(prefix.contains(prefix.last()));
            REQUIRE(prefix.first() == prefix.address());
            REQUIRE(prefix.first() <= base);
            REQUIRE(base <= prefix.last());
            for (unsigned bit = 0; bit < size; ++bit) {    // the address with one bit turned
                ip_address turned;
                if (base.is_v4()) turned = ipv4_address::from_uint(base.v4().to_uint() ^ 0x8000'0000u >> bit);
                else
                    turned = ipv6_address::from_uints(base.v6().upper() ^ (bit < 64 ? ~(~std::uint64_t{0} >> 1) >> bit : 0),
                                                      base.v6().lower() ^ (bit >= 64 ? ~(~std::uint64_t{0} >> 1) >> (bit - 64) : 0));
                REQUIRE(prefix.contains(turned) == (bit >= length));
                REQUIRE(prefix.contains(turned) == begin_alike(base, turned, length));
            }
        }
    }
    for (int round = 0; round < 20'000; ++round) {
        auto left = ipv4_address::from_uint(static_cast<std::uint32_t>(random())), right = ipv4_address::from_uint(left.to_uint() ^ static_cast<std::uint32_t>(random() >> (32 + random() % 32)));
        auto length = static_cast<unsigned>(random() % 33);
        REQUIRE(ip_prefix::of(left, length).value().contains(right) == begin_alike(left, right, length));
    }
}

TEST_CASE("a prefix contains no address of the other version, mapped or not, and asks for no scope") {
    CHECK_FALSE(of("0.0.0.0/0").contains(ip("::")));
    CHECK_FALSE(of("::/0").contains(ip("0.0.0.0")));
    CHECK_FALSE(of("10.0.0.0/8").contains(ip("::ffff:10.0.0.1")));
    CHECK(of("10.0.0.0/8").contains(ip("::ffff:10.0.0.1").unmapped()));
    CHECK_FALSE(of("::ffff:0:0/96").contains(ip("10.0.0.1")));
    CHECK(of("::ffff:0:0/96").contains(ip("::ffff:10.0.0.1")));
    CHECK(of("fe80::/10").contains(ip("fe80::1%eth0")));
}

TEST_CASE("prefixes contain, overlap, and are apart") {
    CHECK(of("10.0.0.0/8").contains(of("10.1.0.0/16")));
    CHECK(of("10.0.0.0/8").contains(of("10.0.0.0/8")));
    CHECK_FALSE(of("10.1.0.0/16").contains(of("10.0.0.0/8")));
    CHECK_FALSE(of("10.0.0.0/16").contains(of("10.0.0.0/8")));
    CHECK(of("10.0.0.0/8").overlaps(of("10.1.0.0/16")));
    CHECK(of("10.1.0.0/16").overlaps(of("10.0.0.0/8")));
    CHECK_FALSE(of("10.0.0.0/16").overlaps(of("10.1.0.0/16")));
    CHECK_FALSE(of("0.0.0.0/0").overlaps(of("::/0")));
    CHECK(of("10.0.0.0/8").last() == ip("10.255.255.255"));
    CHECK(of("2001:db8::/32").last() == ip("2001:db8:ffff:ffff:ffff:ffff:ffff:ffff"));
    CHECK(of("0.0.0.0/0").last() == ip("255.255.255.255"));
}

TEST_CASE("prefixes are ordered by address, then length, hash apart, and are never truncated") {
    support::are_in_order<ip_prefix>({of("0.0.0.0/0"), of("0.0.0.0/8"), of("10.0.0.0/8"), of("10.0.0.0/16"), of("10.1.0.0/16"), of("::/0"), of("::/64"), of("::1/128"), of("fe80::/10")});
    auto longest = of("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/128");
    CHECK(to_string(longest).size() == ip_prefix::max_text_size);
    support::is_never_truncated(longest);
    support::is_never_truncated(ip_prefix());
}
