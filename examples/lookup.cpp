// SPDX-License-Identifier: BSL-1.0
// Looks up a host by its name or its address: official name, aliases, all addresses.
#include <plumb/dns.hpp>

#include <charconv>
#include <chrono>
#include <cstdio>
#include <span>
#include <string>
#include <string_view>

using namespace plumb;

static constexpr auto usage =
    "usage: lookup [--timeout=SECONDS] HOST\n"
    "\n"
    "Prints the official name of a host, its aliases and its addresses, one a line.\n"
    "HOST is a name, or an IPv4 or IPv6 address.\n"
    "\n"
    "  --timeout=SECONDS  give up after this long (10)\n"
    "  --help             print this\n";

static int misused(std::string_view what) {
    std::fprintf(stderr, "lookup: %.*s\n%s", static_cast<int>(what.size()), what.data(), usage);
    return 2;
}

static bool read_seconds(std::string_view text, unsigned& seconds) {
    auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), seconds);
    return problem == std::errc() && end == text.data() + text.size();
}

int main(int count, char** words) {
    std::string host;
    unsigned seconds = 10;
    for (std::string_view word : std::span(words, static_cast<std::size_t>(count)).subspan(1)) {
        if (word == "--help") return std::fputs(usage, stdout) < 0 || std::fflush(stdout) != 0;
        if (word.starts_with("--timeout=")) {
            if (!read_seconds(word.substr(10), seconds)) return misused("--timeout takes whole seconds");
        } else if (word.starts_with("-")) {
            return misused("no such option");
        } else if (!host.empty()) {
            return misused("one host is looked up at a time");
        } else {
            host = word;
        }
    }
    if (host.empty()) return misused("no host to look up");

    auto found = aliases(host, within(std::chrono::seconds(seconds)));    // an address is looked up backwards
    if (!found) {
        auto problem = found.error();
        std::fprintf(stderr, "lookup: %s %s: %s\n", std::string(name_of(problem.operation())).c_str(), host.c_str(),
                     problem.reason().c_str());
        return 1;
    }
    std::printf("name     %s\n", found->canonical_name.c_str());
    for (const auto& name : found->aliases) std::printf("alias    %s\n", name.c_str());
    for (const auto& address : found->addresses) std::printf("address  %s\n", to_string(address).c_str());
    return std::fflush(stdout) != 0;
}
