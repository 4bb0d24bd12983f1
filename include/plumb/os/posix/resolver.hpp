// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/core/bytes.hpp>
#include <plumb/os/posix/failure.hpp>
#include <plumb/os/resolver.hpp>
#include <plumb/os/socket_address.hpp>

#include <cstring>
#include <netdb.h>
#include <sys/socket.h>

namespace plumb::inline v0_1::os {

// What getaddrinfo and getnameinfo mean. For EAI_SYSTEM the cause is errno's.
// Source: RFC 3493 section 6.1, getaddrinfo(3)
[[nodiscard]] inline error lookup_error(verb operation, int cause) noexcept {
    switch (cause) {
    case EAI_NONAME: return {operation, lookup::host_not_found};
    case EAI_NODATA:
    case EAI_ADDRFAMILY: return {operation, lookup::no_address};
    case EAI_AGAIN: return {operation, lookup::try_again};
    case EAI_SERVICE: return {operation, lookup::service_not_found};
    case EAI_FAMILY:
    case EAI_SOCKTYPE: return {operation, lookup::family_not_supported};
    case EAI_IDN_ENCODE: return {operation, lookup::invalid_name};
    case EAI_BADFLAGS: return {operation, std::errc::invalid_argument};
    case EAI_MEMORY: return {operation, std::errc::not_enough_memory};
    case EAI_OVERFLOW: return {operation, std::errc::value_too_large};
    case EAI_SYSTEM: if (errno != 0) return last_error(operation); [[fallthrough]];
    default: return {operation, lookup::failed};    // EAI_FAIL
    }
}

// What gethostbyname2_r and gethostbyaddr_r mean: their h_errno, and what they returned where that says no more.
[[nodiscard]] inline error host_error(verb operation, int cause, int returned) noexcept {
    switch (cause) {
    case HOST_NOT_FOUND: return {operation, lookup::host_not_found};
    case NO_DATA: return {operation, lookup::no_address};
    case TRY_AGAIN: return {operation, lookup::try_again};
    case NETDB_INTERNAL: if (returned > 0) return {operation, static_cast<std::errc>(returned)}; [[fallthrough]];
    default: return {operation, lookup::failed};    // NO_RECOVERY
    }
}

[[nodiscard]] constexpr int number_of(ip_family family) noexcept {
    constexpr int numbers[] = {AF_UNSPEC, AF_INET, AF_INET6};
    return numbers[static_cast<unsigned char>(family)];
}

// What getaddrinfo gave, freed at the end.
class address_list {
public:
    address_list() = default;
    address_list(const address_list&) = delete;
    ~address_list() {
        if (first_) ::freeaddrinfo(first_);
    }

    [[nodiscard]] int ask(const name_question& question) noexcept {
        addrinfo hints{};
        hints.ai_flags = AI_CANONNAME;
        hints.ai_family = number_of(question.family);
        hints.ai_socktype = question.over == transport::tcp ? SOCK_STREAM : SOCK_DGRAM;
        return ::getaddrinfo(question.host.c_str(), question.service.c_str(), &hints, &first_);
    }

    [[nodiscard]] resolution read() const {
        resolution found;
        if (first_ && first_->ai_canonname) found.canonical_name = first_->ai_canonname;
        for (auto one = first_; one; one = one->ai_next) {
            socket_address<endpoint> native;
            native.resize(one->ai_addrlen);
            std::memcpy(native.data(), one->ai_addr, native.filled());
            if (auto place = from_sockaddr(native)) found.endpoints.push_back(*place);
        }
        return found;
    }

private:
    addrinfo* first_ = nullptr;
};

// Asks with `ask(hostent*, buffer, size, hostent**, h_errno*)`, and again with more room for as long as that is too small.
template <class Ask>
[[nodiscard]] result<host_aliases> ask_for_host(verb operation, Ask ask) {
    constexpr std::size_t most = 16 << 20;
    for (std::size_t room = 64 << 10;; room *= 4) {    // a whole answer of DNS is 64 KiB: a second try asks the server again
        std::string buffer(room, '\0');
        hostent entry{};
        hostent* found = nullptr;
        int cause = 0;
        int returned = ask(&entry, buffer.data(), buffer.size(), &found, &cause);
        if (returned == 0 && found) return to_aliases(*found);
        if (returned != ERANGE || room >= most) return failure(host_error(operation, cause, returned));
    }
}

struct native_names {
    // Also asks for addresses of a family that this machine has no interface for; they come last then (RFC 6724).
    // Calls: getaddrinfo.
    [[nodiscard]] static result<resolution> resolve(const name_question& question) {
        address_list list;
        if (auto cause = list.ask(question); cause != 0) return failure(lookup_error(verb::resolve, cause));
        return list.read();
    }

    // Calls: gethostbyname2_r, since getaddrinfo tells no aliases.
    [[nodiscard]] static result<host_aliases> aliases(const std::string& host, ip_family family) {
        return ask_for_host(verb::resolve, [&](auto entry, auto buffer, auto room, auto found, auto cause) {
            return ::gethostbyname2_r(host.c_str(), number_of(family), entry, buffer, room, found, cause);
        });
    }

    // Calls: gethostbyaddr_r.
    [[nodiscard]] static result<host_aliases> aliases(const ip_address& address) {
        auto ask = [](bytes raw, int family) {
            return ask_for_host(verb::reverse_resolve, [&](auto entry, auto buffer, auto room, auto found, auto cause) {
                auto size = static_cast<socklen_t>(raw.size());
                return ::gethostbyaddr_r(raw.data(), size, family, entry, buffer, room, found, cause);
            });
        };
        return address.is_v4() ? ask(address.v4().to_bytes(), AF_INET) : ask(address.v6().to_bytes(), AF_INET6);
    }

    // Calls: getnameinfo.
    [[nodiscard]] static result<host_and_service> reverse(const endpoint& place, transport over) {
        auto native = to_sockaddr(place);
        if (!native) return failure(native.error().during(verb::reverse_resolve));
        char host[NI_MAXHOST], service[NI_MAXSERV];
        auto flags = NI_NAMEREQD | (over == transport::udp ? NI_DGRAM : 0);
        auto cause = ::getnameinfo(reinterpret_cast<const sockaddr*>(native->data()), native->size(), host, sizeof host,
                                   service, sizeof service, flags);
        if (cause != 0) return failure(lookup_error(verb::reverse_resolve, cause));
        return host_and_service{host, service};
    }
};

}  // namespace plumb::os
