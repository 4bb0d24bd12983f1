// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/dns/ask.hpp>
#include <plumb/dns/host_name.hpp>
#include <plumb/dns/resolve.hpp>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

// Everything that a resolver knows about one host: official name, aliases, all addresses.

namespace plumb::inline v0_1 {

namespace detail {

// Adds to a list what it does not hold yet.
template <class T>
void merge(std::vector<T>& into, std::vector<T>&& from) {
    for (auto& one : from) {
        auto known = false;
        for (const auto& other : into) known = known || other == one;
        if (!known) into.push_back(std::move(one));
    }
}

// Asks for one family after the other, since the system's function takes one. What one of them has is enough.
template <class System>
[[nodiscard]] result<host_aliases> aliases_of_any(const std::string& host) {
    auto v4 = System::aliases(host, ip_family::ipv4);
    if (!v4 && v4.error() != lookup::no_address && v4.error() != lookup::host_not_found) return v4;
    auto v6 = System::aliases(host, ip_family::ipv6);
    if (!v4) return v6 ? v6 : v6.error() == lookup::host_not_found ? v4 : v6;
    if (!v6) return v4;
    if (v6->canonical_name != v4->canonical_name) v6->aliases.push_back(std::move(v6->canonical_name));
    merge(v4->aliases, std::move(v6->aliases));
    merge(v4->addresses, std::move(v6->addresses));
    return v4;
}

}  // namespace detail

// Finds a host's official name, its aliases and its addresses. For connecting there is resolve, which also orders them.
// Options follow in any order: a deadline, a stop_token, an ip_family; they hold as in resolve.
// Threads: from any at once.
// Errors: lookup::invalid_name (not asked), host_not_found, no_address, try_again, failed; condition::timed_out, cancelled.
// Cost: allocates the answer; a thread and an event descriptor where there is a deadline or a stop token.
// Calls: gethostbyname2_r, once for each family; gethostbyaddr_r for an address; GetAddrInfoW, which tells no aliases.
template <class System = os::native, lookup_option... Options>
[[nodiscard]] result<host_aliases> aliases(const ip_address& address, const Options&... options) {
    detail::lookup_options<System> chosen(options...);
    if (!detail::is_of(chosen.family, address)) return failure(verb::reverse_resolve, lookup::no_address);
    return detail::ask<System>(verb::reverse_resolve, chosen.limits, [address] { return System::aliases(address); });
}

template <class System = os::native, lookup_option... Options>
[[nodiscard]] result<host_aliases> aliases(std::string_view host, const Options&... options) {
    if (auto address = ip_address::parse(host)) return aliases<System>(*address, options...);
    if (!detail::is_host_name(host)) return failure(verb::resolve, lookup::invalid_name);
    detail::lookup_options<System> chosen(options...);
    return detail::ask<System>(verb::resolve, chosen.limits, [name = std::string(host), family = chosen.family] {
        return family == ip_family::any ? detail::aliases_of_any<System>(name) : System::aliases(name, family);
    });
}

}  // namespace plumb
