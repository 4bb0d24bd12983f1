// SPDX-License-Identifier: BSL-1.0
#include "slow_parsers.hpp"

namespace slow {

// text.find() calls memchr or memcmp, which the fuzzers intercept.
std::size_t place_of(char wanted, text_view text) {
    for (std::size_t i = 0; i < text.size(); ++i)
        if (text[i] == wanted) return i;
    return text.npos;
}

few<text_view> split(text_view text, char separator) {
    few<text_view> fields;
    for (auto end = place_of(separator, text); end != text.npos; end = place_of(separator, text)) {
        fields.push_back(text.substr(0, end));
        text.remove_prefix(end + 1);
    }
    fields.push_back(text);
    return fields;
}

bool is_digit(char character) { return '0' <= character && character <= '9'; }
bool is_hex_digit(char character) { return is_digit(character) || ('a' <= (character | 32) && (character | 32) <= 'f'); }
unsigned hex_value(char digit) { return static_cast<unsigned>(is_digit(digit) ? digit - '0' : (digit | 32) - 'a' + 10); }

bool only(bool (&allowed)(char), text_view text) { return !text.empty() && std::all_of(text.begin(), text.end(), allowed); }

// A decimal number without leading zeros.
std::optional<std::size_t> number(text_view text, std::size_t limit) {
    if (!only(is_digit, text) || text.size() > 10 || (text.size() > 1 && text[0] == '0')) return std::nullopt;
    std::uint64_t value = 0;
    for (char digit : text) value = value * 10 + static_cast<unsigned>(digit - '0');
    if (value > limit) return std::nullopt;
    return static_cast<std::size_t>(value);
}

// How much of the text is such a number.
std::size_t number_size(text_view text, std::size_t limit) {
    std::size_t size = 0;
    while (size < text.size() && number(text.substr(0, size + 1), limit)) ++size;
    return size;
}

std::optional<address> ipv4(text_view text) {
    auto fields = split(text, '.');
    if (fields.size() != 4) return std::nullopt;
    address found;
    for (auto field : fields) {
        auto octet = number(field, 255);
        if (!octet) return std::nullopt;
        found.bytes.push_back(static_cast<std::uint8_t>(*octet));
    }
    return found;
}

// The bytes of groups with colons between; an IPv4 address may be the last.
std::optional<byte_list> groups(text_view text, bool may_end_in_v4) {
    byte_list bytes;
    if (text.empty()) return bytes;
    auto fields = split(text, ':');
    for (std::size_t i = 0; i < fields.size(); ++i) {
        if (may_end_in_v4 && i + 1 == fields.size() && place_of('.', fields[i]) != text.npos) {
            auto tail = ipv4(fields[i]);
            if (!tail) return std::nullopt;
            bytes.append(tail->bytes);
        } else {
            if (!only(is_hex_digit, fields[i]) || fields[i].size() > 4) return std::nullopt;
            unsigned group = 0;
            for (char digit : fields[i]) group = group * 16 + hex_value(digit);
            bytes.push_back(static_cast<std::uint8_t>(group >> 8));
            bytes.push_back(static_cast<std::uint8_t>(group));
        }
    }
    return bytes;
}

std::optional<address> unscoped_ipv6(text_view text) {
    auto found = std::adjacent_find(text.begin(), text.end(), [](char left, char right) { return left == ':' && right == ':'; });
    auto gap = static_cast<std::size_t>(found - text.begin());
    if (gap == text.size()) {
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

bool is_scope_character(char character) {
    auto code = static_cast<unsigned char>(character);
    return code > 0x20 && code != 0x7f && text_view("/:%[]").find(character) == text_view::npos;
}

bool is_scope(text_view text) {
    if (only(is_digit, text)) return number(text, 4'294'967'295).has_value();
    return !text.empty() && text.size() <= 15 && text != "." && text != ".." && std::all_of(text.begin(), text.end(), is_scope_character);
}

std::optional<address> ipv6(text_view text) {
    auto percent = text.find('%');
    auto found = unscoped_ipv6(text.substr(0, percent));
    if (!found || percent == text.npos) return found;
    found->scope = text.substr(percent + 1);
    if (!is_scope(found->scope)) return std::nullopt;
    if (found->scope == "0") found->scope = "";
    return found;
}

std::optional<address> ip(text_view text, bool scoped) {
    if (auto found = ipv4(text)) return found;
    return scoped ? ipv6(text) : unscoped_ipv6(text);
}

// The offset of the first character with which no correct text goes on: some ending makes every shorter beginning correct.
template <class Parser, std::size_t number_of_endings>
std::size_t first_wrong(text_view text, Parser parse, const text_view (&endings)[number_of_endings]) {
    constexpr std::size_t longest = 46;
    auto can_go_on = [&](std::size_t size) {
        return std::any_of(endings, endings + number_of_endings, [&](text_view ending) {
            char trial[longest + 8];    // no string: the fuzzed program's are sanitized and explored
            std::size_t end = 0;
            for (auto part : {text.substr(0, size), ending})
                for (char character : part) trial[end++] = character;
            return parse({trial, end}).has_value();
        });
    };
    std::size_t fine = 0, wrong = std::min(text.size(), longest) + 1;    // a beginning of a good beginning is good: search by halves
    while (wrong - fine > 1) {
        auto middle = fine + (wrong - fine) / 2;
        (can_go_on(middle) ? fine : wrong) = middle;
    }
    return fine;
}

std::size_t ipv4_wrong(text_view text) {
    static constexpr text_view endings[] = {"0.0.0.0", "0.0.0", "0.0", "0", "", ".0", ".0.0", ".0.0.0"};
    return first_wrong(text, ipv4, endings);
}

std::size_t unscoped_ipv6_wrong(text_view text) {
    static constexpr text_view endings[] = {"::", ":", "", "0", ".0", ".0.0", ".0.0.0", "0.0", "0.0.0"};
    return first_wrong(text, unscoped_ipv6, endings);
}

std::size_t scope_wrong(text_view text) {
    auto stop = std::find_if_not(text.begin(), text.end(), is_scope_character);
    auto name = text.substr(0, static_cast<std::size_t>(stop - text.begin()));
    if (only(is_digit, name)) return number_size(name, 4'294'967'295);
    return std::min<std::size_t>(name.size(), 15);
}

std::size_t ipv6_wrong(text_view text) {
    auto percent = text.find('%');
    if (percent == text.npos || !unscoped_ipv6(text.substr(0, percent))) return unscoped_ipv6_wrong(text);
    return percent + 1 + scope_wrong(text.substr(percent + 1));
}

// What has a colon is meant as IPv6.
std::size_t ip_wrong(text_view text, bool scoped) {
    if (text.find(':') == text.npos) return ipv4_wrong(text);
    return ipv4(text.substr(0, ipv4_wrong(text))) ? ipv4_wrong(text) : scoped ? ipv6_wrong(text) : unscoped_ipv6_wrong(text);
}

std::optional<std::size_t> port(text_view text) { return number(text, 65535); }
std::size_t port_wrong(text_view text) { return number_size(text, 65535); }

std::optional<endpoint> endpoint_of(text_view text) {
    auto colon = text.rfind(':');
    if (colon == text.npos) return std::nullopt;
    auto host = text.substr(0, colon);
    bool bracketed = host.size() >= 2 && host.front() == '[' && host.back() == ']';
    auto found = bracketed ? ipv6(host.substr(1, host.size() - 2)) : ipv4(host);
    auto number = port(text.substr(colon + 1));
    if (!found || !number) return std::nullopt;
    return endpoint{*found, *number};
}

std::size_t endpoint_wrong(text_view text) {
    bool bracketed = text.starts_with('[');
    auto host_end = std::min(text.find(bracketed ? ']' : ':'), text.size());
    auto host = text.substr(bracketed, host_end - bracketed);
    if (bracketed && !ipv6(host)) return 1 + ipv6_wrong(host);
    if (!bracketed && !ipv4(host)) return ipv4_wrong(host);
    auto colon = std::min(host_end + bracketed, text.size());
    if (colon == text.size() || text[colon] != ':') return colon;
    return colon + 1 + port_wrong(text.substr(colon + 1));
}

bool has_bits_beyond(const address& network, std::size_t length) {
    for (std::size_t bit = length; bit < network.bytes.size() * 8; ++bit)
        if (network.bytes[bit / 8] >> (7 - bit % 8) & 1) return true;
    return false;
}

std::optional<prefix> prefix_of(text_view text) {
    auto slash = text.find('/');
    if (slash == text.npos) return std::nullopt;
    auto network = ip(text.substr(0, slash), false);
    if (!network) return std::nullopt;
    auto length = number(text.substr(slash + 1), network->bytes.size() * 8);
    if (!length || has_bits_beyond(*network, *length)) return std::nullopt;
    return prefix{*network, *length};
}

std::size_t prefix_wrong(text_view text) {
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

// The address, or where the text is wrong; npos stands for too long.
std::optional<local> local_of(text_view text, std::size_t& wrong) {
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


}  // namespace slow
