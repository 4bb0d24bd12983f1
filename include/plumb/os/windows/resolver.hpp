// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/core/bytes.hpp>
#include <plumb/os/resolver.hpp>
#include <plumb/os/socket_address.hpp>
#include <plumb/os/windows/text.hpp>
#include <plumb/os/windows/winsock.hpp>

#include <cstring>

namespace plumb::inline v0_1::os {

// What Winsock's resolver functions mean by their numbers.
// Source: RFC 3493 section 6.1, under Microsoft's names
[[nodiscard]] inline error lookup_error(verb operation, int cause) noexcept {
    switch (cause) {
    case WSAHOST_NOT_FOUND: return {operation, lookup::host_not_found};         // EAI_NONAME
    case WSANO_DATA: return {operation, lookup::no_address};
    case WSATRY_AGAIN: return {operation, lookup::try_again};                   // EAI_AGAIN
    case WSANO_RECOVERY: return {operation, lookup::failed};                    // EAI_FAIL
    case WSATYPE_NOT_FOUND: return {operation, lookup::service_not_found};      // EAI_SERVICE
    case WSAEAFNOSUPPORT:                                                       // EAI_FAMILY
    case WSAESOCKTNOSUPPORT: return {operation, lookup::family_not_supported};
    default: return windows_error(operation, static_cast<unsigned long>(cause));
    }
}

[[nodiscard]] constexpr int number_of(ip_family family) noexcept {
    constexpr int numbers[] = {AF_UNSPEC, AF_INET, AF_INET6};
    return numbers[static_cast<unsigned char>(family)];
}

// What GetAddrInfoW gave, freed at the end.
class address_list {
public:
    address_list() = default;
    address_list(const address_list&) = delete;
    ~address_list() {
        if (first_) ::FreeAddrInfoW(first_);
    }

    [[nodiscard]] int ask(const std::wstring& host, const std::wstring& service, ip_family family, transport over) noexcept {
        ADDRINFOW hints{};
        hints.ai_flags = AI_CANONNAME;
        hints.ai_family = number_of(family);
        hints.ai_socktype = over == transport::tcp ? SOCK_STREAM : SOCK_DGRAM;
        return ::GetAddrInfoW(host.c_str(), service.c_str(), &hints, &first_);
    }

    [[nodiscard]] resolution read() const {
        resolution found;
        if (first_ && first_->ai_canonname) found.canonical_name = from_wide(first_->ai_canonname);
        for (auto one = first_; one; one = one->ai_next) {
            socket_address<endpoint> native;
            native.resize(one->ai_addrlen);
            std::memcpy(native.data(), one->ai_addr, native.filled());
            if (auto place = from_sockaddr(native)) found.endpoints.push_back(*place);
        }
        return found;
    }

private:
    ADDRINFOW* first_ = nullptr;
};

struct native_names {
    // Calls: GetAddrInfoW.
    [[nodiscard]] static result<resolution> resolve(const name_question& question) {
        start_winsock();
        auto host = to_wide(verb::resolve, question.host), service = to_wide(verb::resolve, question.service);
        if (!host || !service) return failure(verb::resolve, lookup::invalid_name);
        address_list list;
        auto cause = list.ask(*host, *service, question.family, question.over);
        if (cause != 0) return failure(lookup_error(verb::resolve, cause));
        return list.read();
    }

    // Aliases are told for IPv4 alone, and of names in ASCII.
    // Calls: gethostbyname; for IPv6 GetAddrInfoW.
    [[nodiscard]] static result<host_aliases> aliases(const std::string& host, ip_family family) {
        if (family != ip_family::ipv4) return without_aliases(host, family);
        start_winsock();
        if (auto entry = ::gethostbyname(host.c_str())) return to_aliases(*entry);    // its memory is this thread's own
        return failure(lookup_error(verb::resolve, ::WSAGetLastError()));
    }

    // Calls: gethostbyaddr.
    [[nodiscard]] static result<host_aliases> aliases(const ip_address& address) {
        start_winsock();
        auto ask = [](bytes raw, int family) -> result<host_aliases> {
            auto start = reinterpret_cast<const char*>(raw.data());
            if (auto entry = ::gethostbyaddr(start, static_cast<int>(raw.size()), family)) return to_aliases(*entry);
            return failure(lookup_error(verb::reverse_resolve, ::WSAGetLastError()));
        };
        return address.is_v4() ? ask(address.v4().to_bytes(), AF_INET) : ask(address.v6().to_bytes(), AF_INET6);
    }

    // Calls: GetNameInfoW.
    [[nodiscard]] static result<host_and_service> reverse(const endpoint& place, transport over) {
        start_winsock();
        auto native = to_sockaddr(place);
        if (!native) return failure(native.error().during(verb::reverse_resolve));
        wchar_t host[NI_MAXHOST], service[NI_MAXSERV];
        auto flags = NI_NAMEREQD | (over == transport::udp ? NI_DGRAM : 0);
        auto cause = ::GetNameInfoW(reinterpret_cast<const sockaddr*>(native->data()), native->size(), host, NI_MAXHOST,
                                    service, NI_MAXSERV, flags);
        if (cause != 0) return failure(lookup_error(verb::reverse_resolve, cause));
        return host_and_service{from_wide(host), from_wide(service)};
    }

private:
    [[nodiscard]] static result<host_aliases> without_aliases(const std::string& host, ip_family family) {
        auto found = resolve({host, "0", family, transport::tcp});
        if (!found) return failure(found.error());
        host_aliases known{std::move(found->canonical_name), {}, {}};
        for (auto& place : found->endpoints) known.addresses.push_back(place.address());
        return known;
    }
};

}  // namespace plumb::os
