// SPDX-License-Identifier: BSL-1.0
#include <plumb/address/scope.hpp>

#include "../support/address_checks.hpp"

using namespace plumb;

TEST_CASE("a scope is nothing, a number or a name") {
    constexpr ipv6_scope nothing, number = ipv6_scope::from_number(7);
    constexpr ipv6_scope name = *ipv6_scope::from_name("eth0");
    static_assert(nothing.is_none() && !nothing.is_number() && !nothing.is_name() && nothing.number() == 0 && nothing.name() == "");
    static_assert(number.is_number() && !number.is_none() && !number.is_name() && number.number() == 7 && number.name() == "");
    static_assert(name.is_name() && !name.is_none() && !name.is_number() && name.number() == 0 && name.name() == "eth0");
    static_assert(ipv6_scope::from_number(0) == nothing);
    static_assert(sizeof(ipv6_scope) == 16);
    CHECK(to_string(number) == "7");
    CHECK(to_string(name) == "eth0");
    CHECK(to_string(nothing) == "");
    CHECK(ipv6_scope::from_number(4'294'967'295).number() == 4'294'967'295);
}

TEST_CASE("a number and a name are different scopes, whatever they mean to the system") {
    CHECK(ipv6_scope::from_number(1) != ipv6_scope::from_name("lo").value());
    auto letters = ipv6_scope::from_name("abcd").value();    // the bytes of a number, perhaps, but a name
    for (std::uint32_t number : {0x61626364u, 0x64636261u}) CHECK(ipv6_scope::from_number(number) != letters);
}

TEST_CASE("a scope's name is what an interface can be called") {
    using namespace std::string_view_literals;
    struct row {
        std::string_view text;
        bool is_name;
        std::uint32_t offset;
        const char* reason;
    };
    for (auto [text, is_name, offset, reason] : {
             row{"lo", true, 0, "short"},
             {"enp0s31f6", true, 0, "ordinary"},
             {"eth0.100", true, 0, "a VLAN"},
             {"eth0@if2", true, 0, "as ip link writes it"},
             {"fifteen-letters", true, 0, "as long as IFNAMSIZ allows"},
             {"sixteen--letters", false, 15, "one longer"},
             {"0x1", true, 0, "not all digits, so a name"},
             {"1a", true, 0, "begins with a digit"},
             {"...", true, 0, "three dots are one, to the kernel"},
             {"", false, 0, "empty"},
             {".", false, 1, "a directory in /sys/class/net"},
             {"..", false, 2, "a directory in /sys/class/net"},
             {"12", false, 2, "a number"},
             {"0", false, 1, "a number"},
             {"01", false, 1, "neither a number nor a name"},
             {"eth 0", false, 3, "a blank"},
             {"eth\t0", false, 3, "a tab"},
             {"eth0\n", false, 4, "a line's end"},
             {"eth\0x"sv, false, 3, "a NUL, where a C string would end"},
             {"eth\x7f", false, 3, "a control character"},
             {"a/b", false, 1, "a path"},
             {"eth0:1", false, 4, "an alias"},
             {"a%b", false, 1, "a second scope"},
             {"a[", false, 1, "a bracket"},
             {"a]", false, 1, "a bracket"},
             {"caf\xc3\xa9", true, 0, "the kernel takes UTF-8"},
         }) {
        CAPTURE(text);
        CAPTURE(reason);
        auto scope = ipv6_scope::from_name(text);
        REQUIRE(scope.has_value() == is_name);
        if (is_name) CHECK(scope->name() == text);
        else CHECK(scope.error() == error(verb::parse, condition::invalid_text, offset));
        if (is_name) CHECK(ipv6_scope::parse(text).value() == *scope);
    }
}

TEST_CASE("a scope of nothing but digits is a number of 32 bits without leading zeros") {
    CHECK(ipv6_scope::parse("1").value() == ipv6_scope::from_number(1));
    CHECK(ipv6_scope::parse("0").value().is_none());
    CHECK(ipv6_scope::parse("4294967295").value().number() == 4'294'967'295);
    struct row {
        const char* text;
        std::uint32_t offset;
    };
    for (auto [text, offset] : {row{"4294967296", 9}, {"42949672950", 10}, {"99999999999999999999999", 9}, {"01", 1}, {"00", 1}, {"", 0}}) {
        CAPTURE(text);
        CHECK(ipv6_scope::parse(text).error() == error(verb::parse, condition::invalid_text, offset));
    }
}

TEST_CASE("scopes are ordered: nothing, numbers by size, names by letters") {
    auto name = [](const char* text) { return ipv6_scope::from_name(text).value(); };
    support::are_in_order<ipv6_scope>({ipv6_scope(), ipv6_scope::from_number(1), ipv6_scope::from_number(2), ipv6_scope::from_number(256),
                                       ipv6_scope::from_number(4'294'967'295), name("1a"), name("eth0"), name("eth00"), name("eth1"), name("lo")});
}

TEST_CASE("a scope is written into room that fits, or not at all") {
    support::is_never_truncated(ipv6_scope());
    support::is_never_truncated(ipv6_scope::from_number(4'294'967'295));
    support::is_never_truncated(ipv6_scope::from_name("fifteen-letters").value());
}
