// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/dns/ask.hpp>
#include <plumb/dns/host_name.hpp>
#include <plumb/dns/host_port.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

// Names to endpoints.

namespace plumb::inline v0_1 {

namespace detail {

[[nodiscard]] constexpr bool is_of(ip_family family, const ip_address& address) noexcept {
    return family == ip_family::any || (family == ip_family::ipv4) == address.is_v4();
}

// The address without a scope: what a resolver is asked about, which knows no scopes.
[[nodiscard]] constexpr ip_address without_scope(const ip_address& address) noexcept {
    return address.is_v6() ? address.v6().without_scope() : address;
}

// Leaves each endpoint once, where it stands first. A resolver may give one twice, as when two lines of a hosts file do.
inline void drop_repeated(std::vector<endpoint>& endpoints) {
    std::size_t kept = 0;
    for (const auto& one : endpoints) {
        std::size_t earlier = 0;
        while (earlier < kept && endpoints[earlier] != one) ++earlier;
        if (earlier == kept) endpoints[kept++] = one;
    }
    endpoints.resize(kept);
}

// The endpoint of an address that was given as a number. Only the name of a service needs asking for.
template <class System>
[[nodiscard]] result<resolution> resolve_number(const ip_address& address, std::string_view text, std::string_view service,
                                                const lookup_options<System>& options) {
    if (!is_of(options.family, address)) return failure(verb::resolve, lookup::no_address);
    auto number = port::parse(service);
    if (!number) {
        os::name_question question{to_string(without_scope(address)), std::string(service), ip_family::any, options.over};
        auto found = ask<System>(verb::resolve, options.limits, [question] { return System::resolve(question); });
        if (!found) return found;
        if (found->empty()) return failure(verb::resolve, lookup::service_not_found);
        number = found->endpoints.front().port();
    }
    return resolution{{endpoint(address, *number)}, std::string(text)};
}

}  // namespace detail

// Finds where a service of a host can be reached: every endpoint, in the order to try them, and the host's official name.
//   for (auto& place : *found) …        found->endpoints, found->canonical_name
// The host is a name, or an IP address with its scope, no brackets; the service a decimal port or a name ("http").
// Options follow in any order: a deadline, a stop_token, an ip_family to have only that, transport::udp for UDP's services.
// An address with a decimal port is answered here, without the resolver. Numbers are read strictly: what only a lenient
// resolver takes for one (127.1, 0x7f.1, 010.0.0.1) is an error.
// A deadline holds, and so does a stop, however long the resolver hangs: with one of them the lookup is made on a thread of
// its own, which then ends by itself whenever the resolver does. Without them no thread is made.
// Threads: from any at once.
// Errors: lookup::invalid_name (not asked), host_not_found, no_address, try_again, failed, service_not_found;
//   condition::invalid_text (a service that is no port and no name), timed_out, cancelled.
// Cost: allocates the answer; a thread and an event descriptor where there is a deadline or a stop token.
// Calls: getaddrinfo; GetAddrInfoW.
// Source: RFC 3493 section 6.1, RFC 6724
template <class System = os::native, lookup_option... Options>
[[nodiscard]] result<resolution> resolve(std::string_view host, std::string_view service, const Options&... options) {
    detail::lookup_options<System> chosen(options...);
    if (auto valid = detail::check_service(verb::resolve, service); !valid) return failure(valid.error());
    if (auto address = ip_address::parse(host)) return detail::resolve_number(*address, host, service, chosen);
    if (!detail::is_host_name(host)) return failure(verb::resolve, lookup::invalid_name);

    os::name_question question{std::string(host), std::string(service), chosen.family, chosen.over};
    auto found = detail::ask<System>(verb::resolve, chosen.limits, [question] { return System::resolve(question); });
    if (!found) return found;
    if (found->empty()) return failure(verb::resolve, lookup::no_address);
    if (found->canonical_name.empty()) found->canonical_name = host;
    detail::drop_repeated(found->endpoints);
    return found;
}

// The same with a port that is known.
template <class System = os::native, lookup_option... Options>
[[nodiscard]] result<resolution> resolve(std::string_view host, port number, const Options&... options) {
    return resolve<System>(host, to_string(number), options...);
}

// The same for a text such as example.com:80 or [::1]:http.
// Errors: beside those of resolve, condition::invalid_text with the offset of the first wrong character.
template <class System = os::native, lookup_option... Options>
[[nodiscard]] result<resolution> resolve(std::string_view text, const Options&... options) {
    auto halves = split_host_port(text);
    if (!halves) return failure(halves.error().during(verb::resolve));
    return resolve<System>(halves->host, halves->service, options...);
}

}  // namespace plumb
