// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/address.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#if __has_include(<arpa/inet.h>)
#include <arpa/inet.h>
#define HAS_INET_PTON 1
#endif

// The parsers once more, slow and readable: they split text, and find the first wrong character by trying what could
// still follow each beginning. tests/address and tests/fuzz hold the fast ones against them.

namespace slow {

using text_view = std::string_view;

// A short list without allocations, for the fuzzers' sake; what does not fit makes it longer than any correct one.
template <class T>
struct few {
    T items[20];
    std::size_t count = 0;

    void push_back(T item) {
        if (count < 20) items[count++] = item;
    }
    void append(const few& others) {
        for (auto item : others) push_back(item);
    }
    [[nodiscard]] std::size_t size() const { return count; }
    [[nodiscard]] const T* begin() const { return items; }
    [[nodiscard]] const T* end() const { return items + count; }
    [[nodiscard]] const T& operator[](std::size_t index) const { return items[index]; }
    friend bool operator==(const few& left, const few& right) { return std::equal(left.begin(), left.end(), right.begin(), right.end()); }
};
using byte_list = few<std::uint8_t>;

struct address {
    byte_list bytes;    // 4 or 16
    std::string scope;
};

struct endpoint {
    address host;
    std::size_t number;
};

struct prefix {
    address network;
    std::size_t length;
};

struct local {
    plumb::local_kind kind;
    std::string bytes;
};

// What the text means, if it is correct. What has a colon is meant as IPv6.
std::optional<address> ipv4(text_view text);
std::optional<address> ipv6(text_view text);
std::optional<address> ip(text_view text, bool scoped = true);
std::optional<std::size_t> port(text_view text);
std::optional<endpoint> endpoint_of(text_view text);
std::optional<prefix> prefix_of(text_view text);
std::optional<local> local_of(text_view text, std::size_t& wrong);    // where it is wrong, too: npos stands for too long

// The offset of the first character with which no correct text goes on.
std::size_t ipv4_wrong(text_view text);
std::size_t ipv6_wrong(text_view text);
std::size_t ip_wrong(text_view text, bool scoped = true);
std::size_t port_wrong(text_view text);
std::size_t endpoint_wrong(text_view text);
std::size_t prefix_wrong(text_view text);

// ---- both held against each other: empty, or what is wrong ----

inline byte_list bytes_of(const auto& wire) {
    byte_list bytes;
    for (auto byte : wire) bytes.push_back(std::to_integer<std::uint8_t>(byte));
    return bytes;
}

inline bool same(plumb::ipv4_address fast, const address& twin) { return bytes_of(fast.to_bytes()) == twin.bytes; }
inline bool same(const plumb::ipv6_address& fast, const address& twin) {
    auto scope = fast.scope().is_number() ? std::to_string(fast.scope().number()) : std::string(fast.scope().name());
    return bytes_of(fast.to_bytes()) == twin.bytes && scope == twin.scope;
}
inline bool same(const plumb::ip_address& fast, const address& twin) {
    if (fast.is_v4() != (twin.bytes.size() == 4)) return false;
    return fast.is_v4() ? same(fast.v4(), twin) : same(fast.v6(), twin);
}
inline bool same(plumb::port fast, std::size_t twin) { return fast.number() == twin; }
inline bool same(const plumb::endpoint& fast, const endpoint& twin) {
    return same(fast.address(), twin.host) && same(fast.port(), twin.number);
}
inline bool same(const plumb::ip_prefix& fast, const prefix& twin) {
    return same(fast.address(), twin.network) && fast.length() == twin.length;
}
inline bool same(const plumb::local_address& fast, const local& twin) {
    return fast.kind() == twin.kind && (fast.is_path() ? fast.file_name() : fast.name()) == twin.bytes;
}

template <class T, class Twin>
std::string compared(text_view text, const std::optional<Twin>& twin, auto find_wrong) {
    auto fast = T::parse(text);
    if (fast.has_value() != twin.has_value()) return fast ? "taken, and must not be" : "refused, and must not be";
    if (!fast) {
        std::size_t wrong = find_wrong(text);
        if (wrong == text_view::npos) return fast.error() == plumb::condition::too_long ? "" : "refused, but not as too long";
        if (fast.error() != plumb::condition::invalid_text) return "refused for another reason: " + fast.error().message();
        if (fast.error().detail() == wrong) return "";
        return "wrong at " + std::to_string(fast.error().detail()) + ", not at " + std::to_string(wrong);
    }
    if (!same(*fast, *twin)) return "read as another value: " + to_string(*fast);
    auto written = to_string(*fast);
    if (written.size() > T::max_text_size) return "longer than max_text_size: " + written;
    auto again = T::parse(written);
    return again && *again == *fast ? "" : "does not come back from " + written;
}

template <class T>
std::string disagreement(text_view text);

template <>
inline std::string disagreement<plumb::ipv4_address>(text_view text) {
    return compared<plumb::ipv4_address>(text, ipv4(text), ipv4_wrong);
}
template <>
inline std::string disagreement<plumb::ipv6_address>(text_view text) {
    return compared<plumb::ipv6_address>(text, ipv6(text), ipv6_wrong);
}
template <>
inline std::string disagreement<plumb::ip_address>(text_view text) {
    return compared<plumb::ip_address>(text, ip(text), [](text_view whole) { return ip_wrong(whole); });
}
template <>
inline std::string disagreement<plumb::port>(text_view text) {
    return compared<plumb::port>(text, port(text), port_wrong);
}
template <>
inline std::string disagreement<plumb::endpoint>(text_view text) {
    return compared<plumb::endpoint>(text, endpoint_of(text), endpoint_wrong);
}
template <>
inline std::string disagreement<plumb::ip_prefix>(text_view text) {
    return compared<plumb::ip_prefix>(text, prefix_of(text), prefix_wrong);
}
template <>
inline std::string disagreement<plumb::local_address>(text_view text) {
    std::size_t wrong = 0;
    auto twin = local_of(text, wrong);
    return compared<plumb::local_address>(text, twin, [wrong](text_view) { return wrong; });
}

// The C library takes exactly what we take, but for scopes and texts with a NUL, and reads the same bytes. Of IPv6 it writes
// the same text, but for ::1.2.3.4 (RFC 4291 section 2.5.5.1, deprecated), which we write in groups.
template <class T>
std::string disagreement_with_c([[maybe_unused]] text_view text) {
#ifdef HAS_INET_PTON
    constexpr bool is_v4 = std::is_same_v<T, plumb::ipv4_address>;
    constexpr int family = is_v4 ? AF_INET : AF_INET6;
    if (text.find('\0') != text.npos || text.find('%') != text.npos) return "";
    auto fast = T::parse(text);
    std::array<std::byte, is_v4 ? 4 : 16> wire{};
    bool taken = inet_pton(family, std::string(text).c_str(), wire.data()) == 1;
    if (taken != fast.has_value()) return taken ? "inet_pton takes it" : "inet_pton refuses it";
    if (!fast) return "";
    if (wire != fast->to_bytes()) return "inet_pton reads another address";
    char written[INET6_ADDRSTRLEN];
    inet_ntop(family, wire.data(), written, sizeof written);
    bool in_groups = !is_v4 && text_view(written).starts_with("::") && text_view(written).find('.') != text_view::npos && !text_view(written).starts_with("::ffff:");
    if (!in_groups && to_string(*fast) != written) return "inet_ntop writes " + std::string(written);
#endif
    return "";
}

}  // namespace slow
