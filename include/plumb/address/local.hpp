// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/address/text.hpp>

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <string_view>

// The address of a local (Unix) socket: a path, an abstract name that lies in no directory, or none.

namespace plumb::inline v0_1 {

enum class local_kind : std::uint8_t { unnamed, path, abstract_name };

class local_address {
public:
    static constexpr std::size_t max_size = 107;                      // sun_path without its NUL
    static constexpr std::size_t max_text_size = 1 + 4 * max_size;    // @ and \x00 for every byte

    // The address of a socket that has none, such as each of a pair.
    constexpr local_address() = default;

    // The socket file at this path of 1 to 107 bytes without a NUL.
    // Errors: condition::too_long with the limit, condition::invalid_text where it is empty or at the NUL.
    [[nodiscard]] static constexpr result<local_address> path(std::string_view path) noexcept {
        if (path.size() > max_size) return too_long();
        auto nul = path.find('\0');
        if (path.empty()) nul = 0;
        if (nul != path.npos) return failure(verb::parse, condition::invalid_text, static_cast<std::uint32_t>(nul));
        return local_address(local_kind::path, path);
    }
    // The name of 0 to 107 bytes of any value in Linux's abstract namespace, without the NUL that the system puts before it.
    // Errors: condition::too_long with the limit.
    [[nodiscard]] static constexpr result<local_address> abstract_name(std::string_view name) noexcept {
        if (name.size() > max_size) return too_long();
        return local_address(local_kind::abstract_name, name);
    }

    // Reads what to_string writes: after an @ an abstract name, in which \x and two lower-case digits stand for any byte, and
    // must for NUL and backslash; all else is a path. One that begins with @ is written ./@, and no text stands for unnamed.
    // Errors: condition::too_long with the limit, condition::invalid_text with the offset of the first wrong character.
    [[nodiscard]] static constexpr result<local_address> parse(std::string_view text) noexcept;

    [[nodiscard]] constexpr local_kind kind() const noexcept { return kind_; }
    [[nodiscard]] constexpr bool is_unnamed() const noexcept { return kind_ == local_kind::unnamed; }
    [[nodiscard]] constexpr bool is_path() const noexcept { return kind_ == local_kind::path; }
    [[nodiscard]] constexpr bool is_abstract() const noexcept { return kind_ == local_kind::abstract_name; }

    // The path, as long as this address lives; empty where it is none.
    [[nodiscard]] constexpr std::string_view file_name() const noexcept { return is_path() ? bytes() : std::string_view(); }
    // The abstract name's bytes, as long as this address lives; empty where it is none.
    [[nodiscard]] constexpr std::string_view name() const noexcept { return is_abstract() ? bytes() : std::string_view(); }

    // A path as it is, an abstract name after an @ with \x00 for what cannot be printed, or (unnamed).
    constexpr char* write_text(char* out) const noexcept;

    friend constexpr bool operator==(const local_address& left, const local_address& right) noexcept {
        return left.kind_ == right.kind_ && left.bytes() == right.bytes();
    }
    // Unnamed first, then paths, then abstract names.
    friend constexpr std::strong_ordering operator<=>(const local_address& left, const local_address& right) noexcept {
        if (auto order = left.kind_ <=> right.kind_; order != 0) return order;
        return left.bytes() <=> right.bytes();
    }

private:
    constexpr local_address(local_kind kind, std::string_view bytes) noexcept
        : size_(static_cast<std::uint8_t>(bytes.size())), kind_(kind) {
        detail::write(bytes_.data(), bytes);
    }
    [[nodiscard]] static constexpr std::unexpected<error> too_long() noexcept {
        return failure(verb::parse, condition::too_long, static_cast<std::uint32_t>(max_size));
    }
    [[nodiscard]] constexpr std::string_view bytes() const noexcept { return {bytes_.data(), std::size_t{size_}}; }

    std::array<char, max_size> bytes_{};
    std::uint8_t size_ = 0;
    local_kind kind_ = local_kind::unnamed;
};

namespace detail {

// Reads the two digits after \x.
constexpr bool read_escaped_byte(cursor& text, char& byte) noexcept {
    std::size_t value = 0;
    for (int i = 0; i < 2; ++i, ++text.at) {
        auto digit = text.at_end() ? std::string_view::npos : std::string_view("0123456789abcdef").find(*text.at);
        if (digit > 15) return false;
        value = value << 4 | digit;
    }
    byte = static_cast<char>(value);
    return true;
}

// Reads one byte of an abstract name.
constexpr bool read_abstract_byte(cursor& text, char& byte) noexcept {
    if (text.skip('\\')) return text.skip('x') && read_escaped_byte(text, byte);
    if (*text.at == '\0') return false;
    byte = *text.at++;
    return true;
}

constexpr char* write_abstract_byte(char* out, char byte) noexcept {
    if (byte >= ' ' && byte < 0x7f && byte != '\\') return *out = byte, out + 1;
    auto code = static_cast<unsigned char>(byte);
    const char escaped[] = {'\\', 'x', "0123456789abcdef"[code >> 4], "0123456789abcdef"[code & 15]};
    return write(out, {escaped, sizeof escaped});
}

}  // namespace detail

constexpr result<local_address> local_address::parse(std::string_view text) noexcept {
    if (!text.starts_with('@')) return path(text);
    local_address address(local_kind::abstract_name, {});
    detail::cursor place(text);
    for (place.skip('@'); !place.at_end();) {
        char byte;
        if (!detail::read_abstract_byte(place, byte)) return place.wrong();
        if (address.size_ == max_size) return too_long();
        address.bytes_[address.size_++] = byte;
    }
    return address;
}

constexpr char* local_address::write_text(char* out) const noexcept {
    if (is_unnamed()) return detail::write(out, "(unnamed)");
    if (is_path()) return detail::write(out, bytes());
    *out++ = '@';
    for (char byte : bytes()) out = detail::write_abstract_byte(out, byte);
    return out;
}

}  // namespace plumb

template <>
struct std::hash<plumb::local_address> {
    [[nodiscard]] std::size_t operator()(const plumb::local_address& address) const noexcept {
        auto bytes = std::hash<std::string_view>()(address.is_path() ? address.file_name() : address.name());
        return plumb::detail::mixed(bytes, static_cast<std::uint64_t>(address.kind()));
    }
};
