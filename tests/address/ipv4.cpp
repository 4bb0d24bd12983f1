// SPDX-License-Identifier: BSL-1.0
#include <plumb/address/ipv4.hpp>

#include "../support/address_checks.hpp"

using namespace plumb;

namespace {

constexpr auto of = [](std::string_view text) { return ipv4_address::parse(text).value(); };

}  // namespace

TEST_CASE("an IPv4 address is made of octets, of wire bytes, of a number, and gives them back") {
    constexpr ipv4_address address(192, 0, 2, 1);
    static_assert(address.to_uint() == 0xc0000201);
    static_assert(ipv4_address::from_uint(0xc0000201) == address);
    static_assert(address.to_bytes() == std::array{std::byte{192}, std::byte{0}, std::byte{2}, std::byte{1}});
    static_assert(ipv4_address(address.to_bytes()) == address);
    static_assert(sizeof(ipv4_address) == 4);
    CHECK(to_string(address) == "192.0.2.1");

    std::uint8_t octet = 200;    // a run-time octet needs no cast
    CHECK(ipv4_address(octet, octet, 0, 1) == ipv4_address::from_uint(0xc8c80001));
}

TEST_CASE("the named IPv4 addresses are what the system calls them") {
    CHECK(ipv4_address() == ipv4_address::any());
    CHECK(to_string(ipv4_address::any()) == "0.0.0.0");
    CHECK(to_string(ipv4_address::loopback()) == "127.0.0.1");
    CHECK(to_string(ipv4_address::broadcast()) == "255.255.255.255");
#ifdef HAS_INET_PTON
    CHECK(ipv4_address::any().to_uint() == INADDR_ANY);
    CHECK(ipv4_address::loopback().to_uint() == INADDR_LOOPBACK);
    CHECK(ipv4_address::broadcast().to_uint() == INADDR_BROADCAST);
#endif
}

TEST_CASE("an IPv4 address is read from four decimal octets") {
    support::accepts<ipv4_address>({
        {"0.0.0.0", "0.0.0.0", "the lowest, and the shortest"},
        {"255.255.255.255", "255.255.255.255", "the highest, and the longest; no error value as in inet_addr"},
        {"127.0.0.1", "127.0.0.1", "one to three digits"},
        {"1.20.199.200", "1.20.199.200", "around the second digit's limits"},
        {"249.250.254.9", "249.250.254.9", "around the third digit's limits"},
    });
}

TEST_CASE("everything else is refused as an IPv4 address, with the place where it goes wrong") {
    using namespace std::string_view_literals;
    support::refuses<ipv4_address>({
        {"", 0, "empty"},
        {"1", 1, "ends early"},
        {"1.", 2, "ends behind a dot"},
        {"127.1", 5, "inet_aton takes it for 127.0.0.1"},
        {"127.0.1", 7, "inet_aton takes it for 127.0.0.1"},
        {"2130706433", 3, "inet_aton takes it for 127.0.0.1"},
        {"010.0.0.1", 1, "inet_aton takes it for 8.0.0.1"},
        {"010.1", 1, "getaddrinfo takes it"},
        {"0x7f.1", 1, "getaddrinfo takes it"},
        {"0x7f.0.0.1", 1, "hexadecimal"},
        {"1.2.3.00", 7, "a leading zero, though the value is 0"},
        {"1.2.3.04", 7, "a leading zero"},
        {"256.0.0.1", 2, "an octet beyond 255"},
        {"1.2.3.256", 8, "the last octet beyond 255"},
        {"1.2.3.1000", 9, "four digits"},
        {"4294967296.0.0.1", 2, "beyond 32 bits must not wrap"},
        {"1.2.3.4.", 7, "a dot behind"},
        {"1.2.3.4.5", 7, "five octets"},
        {"1..2.3", 2, "an empty octet"},
        {".1.2.3", 0, "a dot in front"},
        {" 1.2.3.4", 0, "a blank in front"},
        {"1.2.3.4 ", 7, "a blank behind, which inet_aton takes"},
        {"1.2.3.4\n", 7, "a line's end"},
        {"1. 2.3.4", 2, "a blank within"},
        {"+1.2.3.4", 0, "a sign"},
        {"1.-2.3.4", 2, "a sign within"},
        {"1.2.3.4/8", 7, "a prefix is another type"},
        {"1.2.3.4:80", 7, "an endpoint is another type"},
        {"1.2.3.4%1", 7, "IPv4 has no scope"},
        {"1.2.3.4\0x"sv, 7, "a NUL, where a C string would end"},
        {"1.2.3.4\0"sv, 7, "a NUL at the end"},
        {"\0"sv, 0, "nothing but a NUL"},
        {"1,2,3,4", 1, "commas"},
        {"\xd9\xa1.2.3.4", 0, "a digit that is not ASCII"},
        {"localhost", 0, "a name"},
        {"::1", 0, "IPv6"},
    });
}

TEST_CASE("the parser agrees with its slow twin and with inet_pton on texts that are nearly addresses") {
    auto both = [](const std::string& text) {
        auto found = slow::disagreement<ipv4_address>(text);
        return found.empty() ? slow::disagreement_with_c<ipv4_address>(text) : found;
    };
    support::agrees_near<ipv4_address>({"127.0.0.1", "255.255.255.255", "0.0.0.0", "10.20.30.249", "1.2.3"}, "0123456789.. x\xff", 100'000, both);
}

TEST_CASE("every octet is written at every place as printf writes it") {
    for (unsigned octet = 0; octet < 256; ++octet)
        for (unsigned place = 0; place < 4; ++place) {
            auto address = ipv4_address::from_uint(0x01020304u ^ octet << 8 * place);
            auto [a, b, c, d] = address.to_bytes();
            char text[16];
            std::snprintf(text, sizeof text, "%d.%d.%d.%d", int(a), int(b), int(c), int(d));
            REQUIRE(to_string(address) == text);
            REQUIRE(slow::disagreement<ipv4_address>(text) == "");
        }
}

TEST_CASE("an IPv4 address is written into room that fits, or not at all") {
    static_assert(ipv4_address::max_text_size == 15);
    support::is_never_truncated(ipv4_address());
    support::is_never_truncated(ipv4_address::loopback());
    support::is_never_truncated(ipv4_address::broadcast());
}

TEST_CASE("IPv4 addresses are ordered by their numbers, and hash apart") {
    support::are_in_order<ipv4_address>({of("0.0.0.0"), of("0.0.0.1"), of("0.0.1.0"), of("1.0.0.0"), of("127.255.255.255"), of("128.0.0.0"), of("255.255.255.255")});
    std::set<std::size_t> low_bits;    // a table of 4,096 places keeps most of 1,024 neighbours apart
    for (std::uint32_t i = 0; i < 1024; ++i) low_bits.insert(std::hash<ipv4_address>()(ipv4_address::from_uint(0x0a000000 + i)) & 4095);
    CHECK(low_bits.size() > 850);
}

TEST_CASE("each registered IPv4 range begins and ends where its RFC says") {
    using predicate = bool (ipv4_address::*)() const noexcept;
    struct range {
        predicate is;
        const char* before;
        const char* first;
        const char* last;
        const char* behind;
        const char* source;
    };
    const range ranges[] = {
        {&ipv4_address::is_unspecified, "255.255.255.255", "0.0.0.0", "0.0.0.0", "0.0.0.1", "RFC 1122"},
        {&ipv4_address::is_loopback, "126.255.255.255", "127.0.0.0", "127.255.255.255", "128.0.0.0", "RFC 1122"},
        {&ipv4_address::is_private, "9.255.255.255", "10.0.0.0", "10.255.255.255", "11.0.0.0", "RFC 1918"},
        {&ipv4_address::is_private, "172.15.255.255", "172.16.0.0", "172.31.255.255", "172.32.0.0", "RFC 1918"},
        {&ipv4_address::is_private, "192.167.255.255", "192.168.0.0", "192.168.255.255", "192.169.0.0", "RFC 1918"},
        {&ipv4_address::is_link_local, "169.253.255.255", "169.254.0.0", "169.254.255.255", "169.255.0.0", "RFC 3927"},
        {&ipv4_address::is_multicast, "223.255.255.255", "224.0.0.0", "239.255.255.255", "240.0.0.0", "RFC 5771"},
        {&ipv4_address::is_broadcast, "255.255.255.254", "255.255.255.255", "255.255.255.255", "0.0.0.0", "RFC 919"},
        {&ipv4_address::is_documentation, "192.0.1.255", "192.0.2.0", "192.0.2.255", "192.0.3.0", "RFC 5737"},
        {&ipv4_address::is_documentation, "198.51.99.255", "198.51.100.0", "198.51.100.255", "198.51.101.0", "RFC 5737"},
        {&ipv4_address::is_documentation, "203.0.112.255", "203.0.113.0", "203.0.113.255", "203.0.114.0", "RFC 5737"},
        {&ipv4_address::is_shared, "100.63.255.255", "100.64.0.0", "100.127.255.255", "100.128.0.0", "RFC 6598"},
        {&ipv4_address::is_benchmarking, "198.17.255.255", "198.18.0.0", "198.19.255.255", "198.20.0.0", "RFC 2544"},
        {&ipv4_address::is_reserved, "239.255.255.255", "240.0.0.0", "255.255.255.254", "255.255.255.255", "RFC 1112"},
    };
    for (const auto& [is, before, first, last, behind, source] : ranges) {
        CAPTURE(source);
        CAPTURE(first);
        CHECK_FALSE((of(before).*is)());
        CHECK((of(first).*is)());
        CHECK((of(last).*is)());
        CHECK_FALSE((of(behind).*is)());
    }
}

TEST_CASE("an IPv4 address is global unless IANA's registry says otherwise") {
    struct row {
        const char* text;
        bool is_global;
        const char* reason;
    };
    for (auto [text, is_global, reason] : {
             row{"8.8.8.8", true, "an ordinary one"},
             {"0.0.0.0", false, "this network"},
             {"0.255.255.255", false, "this network"},
             {"1.0.0.0", true, "behind this network"},
             {"10.1.2.3", false, "private"},
             {"100.64.0.1", false, "shared"},
             {"100.128.0.0", true, "behind shared"},
             {"127.0.0.1", false, "loopback"},
             {"169.254.169.254", false, "link-local"},
             {"172.16.0.1", false, "private"},
             {"192.0.0.0", false, "protocol assignments"},
             {"192.0.0.8", false, "the dummy address, RFC 7600"},
             {"192.0.0.9", true, "port control anycast, RFC 7723"},
             {"192.0.0.10", true, "TURN anycast, RFC 8155"},
             {"192.0.0.170", false, "NAT64 discovery, RFC 7050"},
             {"192.0.1.0", true, "behind protocol assignments"},
             {"192.0.2.1", false, "documentation"},
             {"192.31.196.1", true, "AS112, RFC 7535"},
             {"192.52.193.1", true, "AMT, RFC 7450"},
             {"192.88.99.1", false, "retired 6to4 relays, RFC 7526"},
             {"192.168.0.1", false, "private"},
             {"192.175.48.1", true, "AS112, RFC 7534"},
             {"198.18.0.1", false, "benchmarking"},
             {"198.51.100.1", false, "documentation"},
             {"203.0.113.1", false, "documentation"},
             {"223.255.255.255", true, "the last unicast address"},
             {"224.0.0.1", false, "multicast is no one host"},
             {"240.0.0.1", false, "reserved"},
             {"255.255.255.255", false, "broadcast"},
         }) {
        CAPTURE(text);
        CAPTURE(reason);
        CHECK(of(text).is_global() == is_global);
    }
}
