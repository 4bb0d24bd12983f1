// SPDX-License-Identifier: BSL-1.0
#include <plumb/plumb.hpp>

#include "support/program.hpp"

// Looks up a host by its name or its address: official name, aliases, all addresses.

using namespace plumb;

constexpr auto usage =
    "lookup [--timeout=SECONDS] HOST\n"
    "Prints the official name of a host, its aliases and its addresses, one a line.\n"
    "  --timeout=SECONDS    gives up after this long (10)\n"
    "  HOST                 a name, or an IPv4 or IPv6 address\n";

int main(int count, char** words) {
    return program::run(usage, count, words, [](program::arguments& given) {
        auto timeout = std::chrono::seconds(given.number("timeout", 10));
        auto host = given.word("HOST");
        given.end();

        auto found = program::require(aliases(host, within(timeout)), host);    // an address is looked up backwards
        auto text = "name     " + found.canonical_name + "\n";
        for (const auto& name : found.aliases) text += "alias    " + name + "\n";
        for (const auto& address : found.addresses) text += "address  " + to_string(address) + "\n";
        program::print(text);
    });
}
