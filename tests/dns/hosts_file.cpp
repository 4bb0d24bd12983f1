// SPDX-License-Identifier: BSL-1.0
#include <plumb/dns.hpp>

#include <doctest/doctest.h>

#include "private_network.hpp"

#include <cstdio>
#include <set>
#include <string>

// What a hosts file says, held against what getent makes of it.

using namespace plumb;

namespace {

const support::name_files files{
    "127.0.0.1 localhost\n"
    "192.0.2.1 official.test alias.test other.test\n"
    "2001:db8::1 official.test alias.test six.test\n"
    "192.0.2.2 twice.test\n"
    "192.0.2.3 twice.test\n"
    "192.0.2.2 twice.test\n",
    "nameserver 127.0.0.1\noptions timeout:1 attempts:1\n"};

template <class Inside>
std::string with_hosts(Inside inside) {
    support::need_private_network();
    return support::in_private_network(files, inside);
}

std::string joined(const auto& parts) {
    std::string text;
    for (const auto& part : parts) text += (text.empty() ? "" : " ") + std::string(part);
    return text;
}

// The distinct first words of a program's output.
std::string first_words_of(const char* command) {
    auto pipe = ::popen(command, "re");
    std::set<std::string> words;
    char line[1024], word[1024];
    while (std::fgets(line, sizeof line, pipe))
        if (std::sscanf(line, "%1023s", word) == 1) words.insert(word);
    ::pclose(pipe);
    return joined(words);
}

std::string addresses_of(const char* host) {
    std::set<std::string> words;
    auto found = resolve(host, 80);
    if (!found) return found.error().message();
    for (const auto& place : *found) words.insert(to_string(place.address()));
    return joined(words);
}

}  // namespace

TEST_CASE("a host has its official name, its aliases and all its addresses") {
    auto report = with_hosts([]() -> std::string {
        auto host = aliases("alias.test");
        if (!host) return host.error().message();
        auto text = host->canonical_name + "; " + joined(host->aliases) + ";";
        for (auto& address : host->addresses) text += " " + to_string(address);
        return text;
    });
    CHECK(report == "official.test; alias.test other.test six.test; 192.0.2.1 2001:db8::1");
}

TEST_CASE("an address has the names of its line") {
    auto report = with_hosts([]() -> std::string {
        auto host = aliases("192.0.2.1");
        if (!host) return host.error().message();
        return host->canonical_name + "; " + joined(host->aliases) + "; " + reverse_resolve(*ip_address::parse("2001:db8::1")).value();
    });
    CHECK(report == "official.test; alias.test other.test; official.test");
}

TEST_CASE("an alias resolves to the official name, and every address is there once") {
    auto report = with_hosts([]() -> std::string {
        auto found = resolve("alias.test", 80);
        return found ? found->canonical_name + " " + std::to_string(found->size()) + "; " + addresses_of("twice.test") : found.error().message();
    });
    CHECK(report == "official.test 2; 192.0.2.2 192.0.2.3");
}

TEST_CASE("getent finds the same addresses and the same names") {
    auto report = with_hosts([]() -> std::string {
        for (std::string host : {"alias.test", "twice.test", "localhost", "six.test"}) {
            auto ours = addresses_of(host.c_str()), theirs = first_words_of(("getent ahosts " + host).c_str());
            if (ours != theirs || ours.empty()) return host + ": " + ours + ", getent says " + theirs;
        }
        auto line = ::popen("getent hosts 192.0.2.1", "re");
        char theirs[256] = "";
        if (std::fscanf(line, "%*s %255[^\n]", theirs) != 1) return "getent is silent";
        ::pclose(line);
        auto host = aliases(ipv4_address(192, 0, 2, 1)).value();
        auto ours = host.canonical_name + " " + joined(host.aliases);
        std::string text(theirs);
        text.erase(0, text.find_first_not_of(' '));
        return ours == text ? "the same" : ours + ", getent says " + text;
    });
    CHECK(report == "the same");
}

TEST_CASE("a name of no line is not found where no name server listens") {
    auto report = with_hosts([] { return addresses_of("missing.test"); });
    CHECK(report == "resolve: Temporary failure in name resolution");
}
