// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/dns/ask.hpp>

#include <string>
#include <utility>

// Addresses back to names.

namespace plumb::inline v0_1 {

// Finds the names of an endpoint's host and service. What the host calls itself is not proof of anything: whoever owns the
// address chooses the name.
// Options follow in any order: a deadline, a stop_token, transport::udp for UDP's services; they hold as in resolve.
// Threads: from any at once.
// Errors: lookup::host_not_found, try_again, failed; std::errc::no_such_device where an IPv6 scope names no interface;
//   condition::timed_out, cancelled.
// Cost: allocates the names; a thread and an event descriptor where there is a deadline or a stop token.
// Calls: getnameinfo; GetNameInfoW.
// Source: RFC 3493 section 6.2
template <class System = os::native, lookup_option... Options>
[[nodiscard]] result<host_and_service> reverse_resolve(const endpoint& place, const Options&... options) {
    detail::lookup_options<System> chosen(options...);
    return detail::ask<System>(verb::reverse_resolve, chosen.limits,
                               [place, over = chosen.over] { return System::reverse(place, over); });
}

// Finds the name of an address's host. aliases(address) gives all of its names.
template <class System = os::native, lookup_option... Options>
[[nodiscard]] result<std::string> reverse_resolve(const ip_address& address, const Options&... options) {
    auto names = reverse_resolve<System>(endpoint(address, port()), options...);
    if (!names) return failure(names.error());
    return std::move(names->host);
}

}  // namespace plumb
