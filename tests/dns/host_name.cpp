// SPDX-License-Identifier: BSL-1.0
#include <plumb/dns/host_name.hpp>

#include <doctest/doctest.h>

#include <string>

using namespace plumb;
using namespace std::string_literals;

TEST_CASE("a host's name has labels of 1 to 63 bytes, and 253 in all") {
    auto label = std::string(63, 'a');
    struct {
        std::string name;
        bool valid;
        const char* reason;
    } rows[] = {
        {"localhost", true, "one label"},
        {"example.com", true, "two"},
        {"example.com.", true, "rooted"},
        {"_ldap._tcp.x-y.example", true, "underscores are in use"},
        {"3com.com", true, "a digit at the start: RFC 1123 section 2.1"},
        {"1.2.3.4.in-addr.arpa", true, "numbers, but not at the end"},
        {"a.0b", true, "not a number"},
        {"m\xc3\xbcnchen.example", true, "UTF-8 is for the resolver to judge"},
        {label + ".example", true, "the longest label"},
        {label + "." + label + "." + label + "." + std::string(61, 'a'), true, "253 bytes"},
        {label + "." + label + "." + label + "." + std::string(61, 'a') + ".", true, "253 bytes and the root"},
        {label + "." + label + "." + label + "." + std::string(62, 'a'), false, "254 bytes"},
        {label + "a.example", false, "a label of 64 bytes"},
        {std::string(153'600, 'a'), false, "huge"},
        {"", false, "empty"},
        {".", false, "the root alone"},
        {".example", false, "an empty label in front"},
        {"a..example", false, "an empty label"},
        {"example..", false, "two dots at the end"},
        {"host\0evil"s, false, "a NUL, where C would cut"},
        {"\0"s, false, "nothing but a NUL"},
        {"a b", false, "a blank"},
        {" example.com", false, "a blank in front"},
        {"example.com\n", false, "a line's end"},
        {"a\x7f", false, "a control character"},
        {"example.com:80", false, "a port does not belong here"},
        {"http://example.com", false, "an URL"},
        {"user@example.com", false, "a user"},
        {"[::1]", false, "brackets belong to an endpoint"},
        {"fe80::1%", false, "what is left of a bad address"},
        {"lo%eth0", false, "a scope on a name"},
        {"127.1", false, "inet_aton takes it for 127.0.0.1"},
        {"010.0.0.1", false, "inet_aton takes it for 8.0.0.1"},
        {"0x7f.1", false, "inet_aton takes it for 127.0.0.1"},
        {"0x7f000001", false, "inet_aton takes it for 127.0.0.1"},
        {"0X7F.0X1", false, "in capitals"},
        {"2130706433", false, "inet_aton takes it for 127.0.0.1"},
        {"256.0.0.1", false, "a wrong address is no name"},
        {"1.2.3.4.5", false, "too many numbers"},
        {"1.2.3.4.", false, "getaddrinfo takes it for 1.2.3.4"},
        {"example.0x", false, "0x alone counts as 0"},
        {"example.08", false, "a number to people, if not to inet_aton"},
        {"0", false, "0.0.0.0"},
    };
    for (auto& row : rows) {
        CAPTURE(row.reason);
        CHECK(detail::is_host_name(row.name) == row.valid);
    }
}

TEST_CASE("a service is a strict port or a visible name with a letter") {
    constexpr auto fine = -1;
    struct {
        std::string service;
        int wrong_at;
        const char* reason;
    } rows[] = {
        {"80", fine, "a port"},
        {"0", fine, "port 0"},
        {"65535", fine, "the last port"},
        {"http", fine, "a name"},
        {"3com-tsmux", fine, "a name that begins with a digit"},
        {"iso-tp0s", fine, "letters, digits, a hyphen"},
        {"whois++", fine, "names with signs are in use"},
        {"", 0, "empty: getaddrinfo takes it for 0"},
        {"65536", 4, "getaddrinfo takes it for 0"},
        {"65616", 4, "getaddrinfo takes it for 80"},
        {"4294967376", 5, "getaddrinfo takes it for 80"},
        {"+80", 0, "getaddrinfo takes it for 80"},
        {"-1", 0, "a sign"},
        {" 80", 0, "getaddrinfo takes it for 80"},
        {"80 ", 2, "a blank"},
        {"080", 1, "a leading zero"},
        {"80\0"s, 2, "a NUL, where C would cut"},
        {"http\0x"s, 4, "a NUL, where C would cut"},
        {" http", 0, "a blank in front"},
        {"+http", 0, "a sign in front"},
        {"ht tp", 2, "a blank inside"},
    };
    for (auto& row : rows) {
        CAPTURE(row.reason);
        auto checked = detail::check_service(verb::resolve, row.service);
        CHECK(checked.has_value() == (row.wrong_at == fine));
        if (checked) continue;
        CHECK(checked.error() == error(verb::resolve, condition::invalid_text, static_cast<std::uint32_t>(row.wrong_at)));
    }
}

static_assert(detail::is_host_name("example.com") && !detail::is_host_name("127.1"), "decided at compile time where wanted");
