// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/address.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

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
using byte_list = few<unsigned>;

struct address {
    byte_list bytes;    // 4 or 16
    std::string scope;
};

inline few<text_view> split(text_view text, char separator) {
    few<text_view> fields;
    for (auto end = text.find(separator); end != text.npos; end = text.find(separator)) {
        fields.push_back(text.substr(0, end));
        text.remove_prefix(end + 1);
    }
    fields.push_back(text);
    return fields;
}

inline bool only(text_view text, text_view characters) {
    return !text.empty() && text.find_first_not_of(characters) == text.npos;
}

// A decimal number without leading zeros.
inline std::optional<std::size_t> number(text_view text, std::size_t limit) {
    if (!only(text, "0123456789") || text.size() > 10 || (text.size() > 1 && text[0] == '0')) return std::nullopt;
    std::uint64_t value = 0;
    for (char digit : text) value = value * 10 + static_cast<unsigned>(digit - '0');
    if (value > limit) return std::nullopt;
    return static_cast<std::size_t>(value);
}

// How much of the text is such a number.
inline std::size_t number_size(text_view text, std::size_t limit) {
    std::size_t size = 0;
    while (size < text.size() && number(text.substr(0, size + 1), limit)) ++size;
    return size;
}

inline std::optional<address> ipv4(text_view text) {
    auto fields = split(text, '.');
    if (fields.size() != 4) return std::nullopt;
    address found;
    for (auto field : fields) {
        auto octet = number(field, 255);
        if (!octet) return std::nullopt;
        found.bytes.push_back(static_cast<unsigned>(*octet));
    }
    return found;
}

// The bytes of groups with colons between; an IPv4 address may be the last.
inline std::optional<byte_list> groups(text_view text, bool may_end_in_v4) {
    byte_list bytes;
    if (text.empty()) return bytes;
    auto fields = split(text, ':');
    for (std::size_t i = 0; i < fields.size(); ++i) {
        if (may_end_in_v4 && i + 1 == fields.size() && fields[i].find('.') != text.npos) {
            auto tail = ipv4(fields[i]);
            if (!tail) return std::nullopt;
            bytes.append(tail->bytes);
        } else {
            if (!only(fields[i], "0123456789abcdefABCDEF") || fields[i].size() > 4) return std::nullopt;
            unsigned group = 0;
            for (char digit : fields[i]) group = group * 16 + static_cast<unsigned>(text_view("0123456789abcdef").find(static_cast<char>(digit | 32)));
            bytes.push_back(group >> 8);
            bytes.push_back(group & 255);
        }
    }
    return bytes;
}

inline std::optional<address> unscoped_ipv6(text_view text) {
    auto gap = text.find("::");
    if (gap == text.npos) {
        auto all = groups(text, true);
        if (!all || all->size() != 16) return std::nullopt;
        return address{*all, {}};
    }
    auto front = groups(text.substr(0, gap), false), back = groups(text.substr(gap + 2), true);
    if (!front || !back || front->size() + back->size() > 14) return std::nullopt;
    while (front->size() + back->size() < 16) front->push_back(0);
    front->append(*back);
    return address{*front, {}};
}

inline bool is_scope_character(char character) {
    auto code = static_cast<unsigned char>(character);
    return code > 0x20 && code != 0x7f && text_view("/:%[]").find(character) == text_view::npos;
}

inline bool is_scope(text_view text) {
    if (only(text, "0123456789")) return number(text, 4'294'967'295).has_value();
    return !text.empty() && text.size() <= 15 && text != "." && text != ".." && std::all_of(text.begin(), text.end(), is_scope_character);
}

inline std::optional<address> ipv6(text_view text) {
    auto percent = text.find('%');
    auto found = unscoped_ipv6(text.substr(0, percent));
    if (!found || percent == text.npos) return found;
    found->scope = text.substr(percent + 1);
    if (!is_scope(found->scope)) return std::nullopt;
    if (found->scope == "0") found->scope = "";
    return found;
}

inline std::optional<address> ip(text_view text, bool scoped = true) {
    if (auto found = ipv4(text)) return found;
    return scoped ? ipv6(text) : unscoped_ipv6(text);
}

// The offset of the first character with which no correct text goes on: some ending makes every shorter beginning correct.
template <class Parser>
std::size_t first_wrong(text_view text, Parser parse, const std::vector<std::string>& endings) {
    std::string trial;
    auto can_go_on = [&](std::size_t size) {
        return std::any_of(endings.begin(), endings.end(), [&](const std::string& ending) {
            return parse(trial.assign(text.substr(0, size)).append(ending)).has_value();
        });
    };
    std::size_t fine = 0, wrong = std::min<std::size_t>(text.size(), 46) + 1;    // a beginning of a good beginning is good: search by halves
    while (wrong - fine > 1) {
        auto middle = fine + (wrong - fine) / 2;
        (can_go_on(middle) ? fine : wrong) = middle;
    }
    return fine;
}

inline std::size_t ipv4_wrong(text_view text) {
    static const std::vector<std::string> endings = {"0.0.0.0", "0.0.0", "0.0", "0", "", ".0", ".0.0", ".0.0.0"};
    return first_wrong(text, ipv4, endings);
}

inline std::size_t unscoped_ipv6_wrong(text_view text) {
    static const std::vector<std::string> endings = [] {
        std::vector<std::string> all = {"::", ":", "", "0", ".0", ".0.0", ".0.0.0", "0.0", "0.0.0"};
        for (std::string more = ":0"; more.size() <= 14; more += ":0") all.push_back(more), all.push_back("0" + more);
        return all;
    }();
    return first_wrong(text, unscoped_ipv6, endings);
}

inline std::size_t scope_wrong(text_view text) {
    auto stop = std::find_if_not(text.begin(), text.end(), is_scope_character);
    auto name = text.substr(0, static_cast<std::size_t>(stop - text.begin()));
    if (only(name, "0123456789")) return number_size(name, 4'294'967'295);
    return std::min<std::size_t>(name.size(), 15);
}

inline std::size_t ipv6_wrong(text_view text) {
    auto percent = text.find('%');
    if (percent == text.npos || !unscoped_ipv6(text.substr(0, percent))) return unscoped_ipv6_wrong(text);
    return percent + 1 + scope_wrong(text.substr(percent + 1));
}

// What has a colon is meant as IPv6.
inline std::size_t ip_wrong(text_view text, bool scoped = true) {
    if (text.find(':') == text.npos) return ipv4_wrong(text);
    return ipv4(text.substr(0, ipv4_wrong(text))) ? ipv4_wrong(text) : scoped ? ipv6_wrong(text) : unscoped_ipv6_wrong(text);
}

inline std::optional<std::size_t> port(text_view text) { return number(text, 65535); }
inline std::size_t port_wrong(text_view text) { return number_size(text, 65535); }

struct endpoint {
    address host;
    std::size_t number;
};

inline std::optional<endpoint> endpoint_of(text_view text) {
    auto colon = text.rfind(':');
    if (colon == text.npos) return std::nullopt;
    auto host = text.substr(0, colon);
    bool bracketed = host.size() >= 2 && host.front() == '[' && host.back() == ']';
    auto found = bracketed ? ipv6(host.substr(1, host.size() - 2)) : ipv4(host);
    auto number = port(text.substr(colon + 1));
    if (!found || !number) return std::nullopt;
    return endpoint{*found, *number};
}

inline std::size_t endpoint_wrong(text_view text) {
    bool bracketed = text.starts_with('[');
    auto host_end = std::min(text.find(bracketed ? ']' : ':'), text.size());
    auto host = text.substr(bracketed, host_end - bracketed);
    if (bracketed && !ipv6(host)) return 1 + ipv6_wrong(host);
    if (!bracketed && !ipv4(host)) return ipv4_wrong(host);
    auto colon = std::min(host_end + bracketed, text.size());
    if (colon == text.size() || text[colon] != ':') return colon;
    return colon + 1 + port_wrong(text.substr(colon + 1));
}

struct prefix {
    address network;
    std::size_t length;
};

inline bool has_bits_beyond(const address& network, std::size_t length) {
    for (std::size_t bit = length; bit < network.bytes.size() * 8; ++bit)
        if (network.bytes[bit / 8] >> (7 - bit % 8) & 1) return true;
    return false;
}

inline std::optional<prefix> prefix_of(text_view text) {
    auto slash = text.find('/');
    if (slash == text.npos) return std::nullopt;
    auto network = ip(text.substr(0, slash), false);
    if (!network) return std::nullopt;
    auto length = number(text.substr(slash + 1), network->bytes.size() * 8);
    if (!length || has_bits_beyond(*network, *length)) return std::nullopt;
    return prefix{*network, *length};
}

inline std::size_t prefix_wrong(text_view text) {
    auto slash = text.find('/');
    auto network = ip(text.substr(0, slash), false);
    if (!network) return ip_wrong(text, false);
    if (slash == text.npos) return text.size();
    auto limit = network->bytes.size() * 8;
    auto rest = text.substr(slash + 1);
    auto size = number_size(rest, limit);
    auto length = number(rest.substr(0, size), limit);
    return slash + 1 + (size == rest.size() && length && has_bits_beyond(*network, *length) ? 0 : size);
}

struct local {
    plumb::local_kind kind;
    std::string bytes;
};

// The address, or where the text is wrong; npos stands for too long.
inline std::optional<local> local_of(text_view text, std::size_t& wrong) {
    constexpr text_view digits = "0123456789abcdef";
    wrong = text_view::npos;
    if (!text.starts_with('@')) {
        if (text.size() > 107) return std::nullopt;
        wrong = std::min(text.find('\0'), text.size());
        if (text.empty() || wrong != text.size()) return std::nullopt;
        return local{plumb::local_kind::path, std::string(text)};
    }
    local found{plumb::local_kind::abstract_name, {}};
    for (std::size_t i = 1; i < text.size(); ++i) {
        wrong = i;
        if (text[i] == '\0') return std::nullopt;
        auto byte = static_cast<unsigned char>(text[i]);
        if (byte == '\\') {
            if (++wrong == text.size() || text[wrong] != 'x') return std::nullopt;
            if (++wrong == text.size() || digits.find(text[wrong]) == digits.npos) return std::nullopt;
            if (++wrong == text.size() || digits.find(text[wrong]) == digits.npos) return std::nullopt;
            byte = static_cast<unsigned char>(std::stoul(std::string(text.substr(i + 2, 2)), nullptr, 16));
            i += 3;
        }
        if (found.bytes.size() == 107) {
            wrong = text_view::npos;
            return std::nullopt;
        }
        found.bytes.push_back(static_cast<char>(byte));
    }
    return found;
}

// ---- both held against each other: empty, or what is wrong ----

inline byte_list bytes_of(const auto& wire) {
    byte_list bytes;
    for (auto byte : wire) bytes.push_back(std::to_integer<unsigned>(byte));
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
