// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/address/endpoint.hpp>
#include <plumb/core/result.hpp>
#include <plumb/os/platform.hpp>

#include <array>
#include <concepts>
#include <cstddef>
#include <cstring>
#include <string>
#include <vector>

// Names and addresses as the system's resolver knows them: each function asks once and blocks for as long as that takes,
// which may be many seconds. Deadlines, stop tokens and the checks of what is asked stand above, in dns/.

namespace plumb::inline v0_1 {

// Which addresses of a host are wanted.
enum class ip_family : unsigned char { any, ipv4, ipv6 };

// Whose port a service's name means: a few names have different ones.
enum class transport : unsigned char { tcp, udp };

// Where a service can be reached. A range of its endpoints.
struct resolution {
    std::vector<endpoint> endpoints;    // each once, in the order to try them; one at least
    std::string canonical_name;         // the official name, or the name that was asked for where there is no other

    [[nodiscard]] auto begin() const noexcept { return endpoints.begin(); }
    [[nodiscard]] auto end() const noexcept { return endpoints.end(); }
    [[nodiscard]] std::size_t size() const noexcept { return endpoints.size(); }
    [[nodiscard]] bool empty() const noexcept { return endpoints.size() == 0; }
};

// A host's names and addresses.
struct host_aliases {
    std::string canonical_name;             // the official name
    std::vector<std::string> aliases;       // its other names, as far as the system tells them
    std::vector<ip_address> addresses;
};

// The names that belong to an endpoint.
struct host_and_service {
    std::string host;
    std::string service;    // the port's digits where it has no name
};

namespace os {

// What the resolver is asked. Owns its text, so that a lookup that nobody waits for any more can end in peace.
struct name_question {
    std::string host;       // a name, or an IP address without scope; 1 to 254 bytes of UTF-8, no NUL
    std::string service;    // decimal digits of a port, or a service's name; no NUL
    ip_family family = ip_family::any;
    transport over = transport::tcp;
};

// What turns names into addresses and back. Functions may be called from any thread at once, and touch nothing but their
// arguments, which the caller keeps alive: a thread that was left behind may still be inside one when main returns.
//   resolve(question)            every address of the host with the service's port, in the order to try them. One
//                                address may come twice; canonical_name may stay empty.
//   aliases(host, family)        names and addresses of one family: ip_family::any is never asked. A system that does
//                                not tell aliases leaves them out.
//   aliases(address)             the same for the host that has this address
//   reverse(endpoint, transport) the host's name, never its number, and the service's name or the port's digits
// Errors are told in our own numbers, since the system's differ: lookup::host_not_found where the name does not exist,
// no_address where it does but has none of this family, try_again where no name server answered (well), failed,
// service_not_found, family_not_supported, invalid_name; std::errc::not_enough_memory; and else the system's own cause.
// Their operation is verb::resolve, or verb::reverse_resolve where an address is asked about.
template <class System>
concept name_system = requires(const name_question& question, const std::string& host, ip_family family,
                               const ip_address& address, const endpoint& place, transport over) {
    { System::resolve(question) } -> std::same_as<result<resolution>>;
    { System::aliases(host, family) } -> std::same_as<result<host_aliases>>;
    { System::aliases(address) } -> std::same_as<result<host_aliases>>;
    { System::reverse(place, over) } -> std::same_as<result<host_and_service>>;
};

// What a hostent holds, which every system has. A null pointer ends its lists; an address is in network order.
template <class Entry>
[[nodiscard]] host_aliases to_aliases(const Entry& entry) {
    host_aliases host;
    auto each = [](auto list, auto take) {
        for (; list && *list; ++list) take(*list);
    };
    if (entry.h_name) host.canonical_name = entry.h_name;
    each(entry.h_aliases, [&](const char* name) { host.aliases.emplace_back(name); });
    each(entry.h_addr_list, [&](const char* raw) {
        std::array<std::byte, 4> v4;
        std::array<std::byte, 16> v6;
        if (entry.h_length == 4) {
            std::memcpy(v4.data(), raw, v4.size());
            host.addresses.emplace_back(ipv4_address(v4));
        } else if (entry.h_length == 16) {
            std::memcpy(v6.data(), raw, v6.size());
            host.addresses.emplace_back(ipv6_address(v6));
        }
    });
    return host;
}

}  // namespace os

}  // namespace plumb

#if defined(PLUMB_OS_WINDOWS)
#include <plumb/os/windows/resolver.hpp>
#else
#include <plumb/os/posix/resolver.hpp>
#endif
