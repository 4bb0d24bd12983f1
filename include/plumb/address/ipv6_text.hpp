// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/address/ipv6.hpp>

// How IPv6 addresses are read (RFC 4291 section 2.2) and written (RFC 5952).

namespace plumb::inline v0_1 {

namespace detail {

inline constexpr auto hex_digits = [] {
    table<std::uint8_t, 256> values{};
    for (auto& each : values.of) each = 16;
    for (std::uint8_t i = 0; i < 10; ++i) values.of['0' + i] = i;
    for (std::uint8_t i = 10; i < 16; ++i) values.of['a' + i - 10] = values.of['A' + i - 10] = i;
    return values;
}();

// The value of a hexadecimal digit of either case, and 16 for every other character.
[[nodiscard]] constexpr std::uint32_t hex_digit(char character) noexcept { return hex_digits.of[static_cast<unsigned char>(character)]; }

// The groups of an address in the order in which they are read, and where the gap (::) among them is.
class ipv6_groups {
public:
    [[nodiscard]] constexpr bool has_gap() const noexcept { return before_gap_ <= 8; }
    // True while another group may follow: a gap stands for at least one.
    [[nodiscard]] constexpr bool has_room() const noexcept { return room_ > 0; }
    [[nodiscard]] constexpr bool can_end_in_v4() const noexcept { return has_gap() ? room_ >= 2 : room_ == 2; }
    [[nodiscard]] constexpr bool is_complete() const noexcept { return has_gap() || room_ == 0; }

    constexpr void add(std::uint32_t group) noexcept {
        upper_ = upper_ << 16 | lower_ >> 48;
        lower_ = lower_ << 16 | group;
        --room_;
    }
    constexpr void open_gap() noexcept {
        before_gap_ = 8 - room_;
        front_upper_ = upper_;
        front_lower_ = lower_;
        upper_ = lower_ = 0;
        --room_;
    }

    // What follows the gap lies in its place already; what stands before it moves to the front. Without branches.
    [[nodiscard]] constexpr ipv6_address address() const noexcept {
        const auto distance = 16u * static_cast<unsigned>(8 - before_gap_), within_half = distance % 64;
        auto upper = front_upper_ << within_half | front_lower_ >> 1 >> (63 - within_half);
        auto lower = front_lower_ << within_half;
        if (distance & 64) {
            upper = lower;
            lower = 0;
        }
        return ipv6_address::from_uints(upper | upper_, lower | lower_);
    }

private:
    std::uint64_t upper_ = 0, lower_ = 0, front_upper_ = 0, front_lower_ = 0;
    int room_ = 8, before_gap_ = 9;
};

// Reads up to four hexadecimal digits. Written out, since that is what brings it below inet_pton: a loop over the digits is
// a tenth slower on mixed addresses, and counting them without branches more than that.
constexpr std::uint32_t read_group(cursor& text) noexcept {
    const auto at = text.at;
    if (text.end - at < 4) {
        std::uint32_t group = 0;
        for (; text.at != text.end && hex_digit(*text.at) < 16; ++text.at) group = group << 4 | hex_digit(*text.at);
        return group;
    }
    const auto a = hex_digit(at[0]), b = hex_digit(at[1]), c = hex_digit(at[2]), d = hex_digit(at[3]);
    if (a > 15) return 0;
    if (b > 15) return text.at += 1, a;
    if (c > 15) return text.at += 2, a << 4 | b;
    if (d > 15) return text.at += 3, a << 8 | b << 4 | c;
    return text.at += 4, a << 12 | b << 8 | c << 4 | d;
}

// Reads the IPv4 address in the place of two groups. The cursor is behind its first octet, at a dot, and stays there where
// the octet is none.
constexpr bool read_v4_tail(cursor& text, ipv6_groups& groups) noexcept {
    if (!groups.can_end_in_v4()) return false;    // from here on there is a colon before
    auto start = text.at;
    while (start[-1] != ':') --start;
    cursor octet({start, static_cast<std::size_t>(text.at - start)});
    std::uint32_t value;
    if (!read_octet(octet, value) || !octet.at_end()) return false;
    text.at = start;
    ipv4_address tail;
    if (!read_ipv4(text, tail)) return false;
    groups.add(tail.to_uint() >> 16);
    groups.add(tail.to_uint() & 0xffff);
    return true;
}

// Reads groups and the gap as far as they go, and gives whether they may end there. An octet before a dot is no group.
constexpr bool read_groups(cursor& text, ipv6_groups& groups) noexcept {
    bool after_gap = false;
    if (text.skip(':')) {
        if (!text.skip(':')) return false;
        groups.open_gap();
        after_gap = true;
    }
    while (groups.has_room()) {
        const auto start = text.at;
        const auto group = read_group(text);
        if (text.at == start) return after_gap;
        if (!text.at_end() && *text.at == '.') return true;
        groups.add(group);
        if (!groups.has_room() || !text.skip(':')) return true;
        after_gap = !groups.has_gap() && text.skip(':');
        if (after_gap) groups.open_gap();
    }
    return true;
}

constexpr bool read_unscoped_ipv6(cursor& place, ipv6_address& address) noexcept {
    auto text = place;    // kept in registers
    ipv6_groups groups;
    bool may_end = read_groups(text, groups);
    place = text;
    if (!may_end) return false;
    if (!text.at_end() && *text.at == '.') {
        auto more = groups;
        if (!read_v4_tail(place, more)) return false;
        groups = more;
    }
    address = groups.address();
    return groups.is_complete();
}

constexpr bool read_ipv6(cursor& text, ipv6_address& address) noexcept {
    if (!read_unscoped_ipv6(text, address)) return false;
    if (!text.skip('%')) return true;
    ipv6_scope scope;
    if (!read_scope(text, scope)) return false;    // RFC 4007 section 11
    address = address.with_scope(scope);
    return true;
}

inline constexpr auto hex_pairs = [] {
    table<char, 512> texts{};
    for (unsigned value = 0; value < 256; ++value) {
        texts.of[2 * value] = "0123456789abcdef"[value >> 4];
        texts.of[2 * value + 1] = "0123456789abcdef"[value & 15];
    }
    return texts;
}();

// Writes a group without leading zeros in lower case (RFC 5952 sections 4.1 and 4.3), and always four characters.
constexpr char* write_group(char* out, unsigned group) noexcept {
    const auto size = (static_cast<unsigned>(std::bit_width(group | 1)) + 3) / 4;
    const auto digits = group << (16 - 4 * size);
    std::char_traits<char>::copy(out, &hex_pairs.of[2 * (digits >> 8)], 2);
    std::char_traits<char>::copy(out + 2, &hex_pairs.of[2 * (digits & 0xff)], 2);
    return out + size;
}

// The groups that become :: in the text.
struct zero_run {
    std::uint8_t first = 8, size = 0;
};

// For every set of zero groups (the first group is the highest bit) the longest run of two or more, the first of equals: RFC 5952 section 4.2.
inline constexpr auto zero_runs = [] {
    table<zero_run, 256> longest{};
    for (unsigned zeros = 1; zeros < 256; ++zeros) {
        const auto before = zeros & (zeros + (zeros & -zeros)), last = zeros - before;    // the last run, and all before it
        const auto first = static_cast<std::uint8_t>(8 - std::bit_width(last)), size = static_cast<std::uint8_t>(std::popcount(last));
        longest.of[zeros] = size >= 2 && size > longest.of[before].size ? zero_run{first, size} : longest.of[before];
    }
    return longest;
}();

}  // namespace detail

constexpr result<ipv6_address> ipv6_address::parse(std::string_view text) noexcept {
    return detail::parse_all<ipv6_address, detail::read_ipv6>(text);
}

constexpr char* ipv6_address::write_text(char* out) const noexcept {
    if (is_v4_mapped()) {                                            // RFC 5952 section 5
        out = mapped_v4().write_text(detail::write(out, "::ffff:"));
    } else {
        const auto high = upper(), low = lower();
        auto group_at = [&](unsigned i) { return static_cast<unsigned>((i < 4 ? high : low) >> (48 - 16 * (i & 3))) & 0xffff; };
        unsigned zeros = 0;
        for (unsigned i = 0; i < 8; ++i) zeros = zeros << 1 | (group_at(i) == 0);
        const auto [first, size] = detail::zero_runs.of[zeros];
        for (unsigned i = 0; i < 8; ++i) {
            if (i == first) {
                *out++ = ':';
                *out++ = ':';
                i += size;
                if (i == 8) break;
            } else if (i != 0) {
                *out++ = ':';
            }
            out = detail::write_group(out, group_at(i));
        }
    }
    if (scope_.is_none()) return out;
    *out++ = '%';
    return scope_.write_text(out);
}

}  // namespace plumb
