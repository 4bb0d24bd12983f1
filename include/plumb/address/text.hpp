// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/core/result.hpp>

#include <array>
#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

// What every address shares: reading text by a cursor that knows where it went wrong, and writing text of a known size.

namespace plumb::inline v0_1 {

namespace detail {

// Values that are computed when they are included. A compiler carries out each operator[] of a std::array as a call.
template <class T, std::size_t Size>
struct table {
    T of[Size];
};

// The value of a decimal digit, and 10 or more for every other character.
[[nodiscard]] constexpr unsigned digit(char character) noexcept { return static_cast<unsigned char>(character) - unsigned{'0'}; }

// A place in a text. A reader that fails leaves it at the first character with which no correct text goes on.
struct cursor {
    const char* at;
    const char* end;
    const char* begin;

    constexpr explicit cursor(std::string_view text) noexcept
        : at(text.data()), end(text.data() + text.size()), begin(text.data()) {}

    [[nodiscard]] constexpr bool at_end() const noexcept { return at == end; }
    [[nodiscard]] constexpr std::string_view rest() const noexcept { return {at, static_cast<std::size_t>(end - at)}; }
    [[nodiscard]] constexpr std::uint32_t offset() const noexcept { return static_cast<std::uint32_t>(at - begin); }

    constexpr bool skip(char expected) noexcept {
        if (at == end || *at != expected) return false;
        ++at;
        return true;
    }

    // The error of a reader that stopped here.
    [[nodiscard]] constexpr std::unexpected<error> wrong() const noexcept {
        return failure(verb::parse, condition::invalid_text, offset());
    }
};

// Reads a decimal number without sign or leading zeros, as far as it stays within the limit.
constexpr bool read_decimal(cursor& text, std::uint32_t limit, std::uint32_t& value) noexcept {
    if (text.at_end() || digit(*text.at) > 9) return false;
    value = digit(*text.at++);
    if (value == 0) return true;
    for (; !text.at_end() && digit(*text.at) <= 9; ++text.at) {
        auto longer = std::uint64_t{value} * 10 + digit(*text.at);
        if (longer > limit) break;
        value = static_cast<std::uint32_t>(longer);
    }
    return true;
}

// Reads a whole text with a reader of its beginning.
template <class T, bool (*Read)(cursor&, T&) noexcept>
[[nodiscard]] constexpr result<T> parse_all(std::string_view text) noexcept {
    result<T> outcome;
    cursor place(text);
    if (!Read(place, *outcome) || !place.at_end()) outcome = place.wrong();
    return outcome;
}

constexpr char* write(char* out, std::string_view text) noexcept {
    std::char_traits<char>::copy(out, text.data(), text.size());
    return out + text.size();
}

constexpr char* write_decimal(char* out, std::uint32_t value) noexcept {
    std::size_t size = 1;
    for (auto rest = value; rest >= 10; rest /= 10) ++size;
    for (auto place = out + size; place != out; value /= 10) *--place = static_cast<char>('0' + value % 10);
    return out + size;
}

// What a value has that can be written: the most bytes it takes, and a function that may use all of them.
template <class T>
concept textual = requires(const T& value, char* out) {
    { T::max_text_size } -> std::convertible_to<std::size_t>;
    { value.write_text(out) } -> std::same_as<char*>;
};

// Mixes 128 bits into a hash, so that neighbouring addresses fall far apart.
[[nodiscard]] constexpr std::size_t mixed(std::uint64_t first, std::uint64_t second = 0) noexcept {
    auto bits = first ^ std::rotl(second * 0x9e37'79b9'7f4a'7c15, 29);
    bits = (bits ^ bits >> 30) * 0xbf58'476d'1ce4'e5b9;
    bits = (bits ^ bits >> 27) * 0x94d0'49bb'1331'11eb;
    return static_cast<std::size_t>(bits ^ bits >> 31);
}

// The integers that are numbers, not characters or truth values.
template <class T>
concept number = std::integral<T> && !std::same_as<T, bool> && !std::same_as<T, char> && !std::same_as<T, wchar_t> &&
                 !std::same_as<T, char8_t> && !std::same_as<T, char16_t> && !std::same_as<T, char32_t>;

template <std::unsigned_integral T, number U>
[[nodiscard]] constexpr bool fits(U value) noexcept {
    return value >= 0 && static_cast<std::uintmax_t>(value) <= static_cast<T>(~T{});
}

// A part of an address: any run-time value of its own type, or a constant that fits. A run-time int does not convert.
template <std::unsigned_integral T>
class part {
public:
    constexpr part(T value) noexcept : value_(value) {}
    template <number U>
        requires(!std::same_as<U, T>)
    consteval part(U value) noexcept : value_(static_cast<T>(value)) {
        if (!fits<T>(value)) this_part_of_an_address_is_out_of_range();
    }
    [[nodiscard]] constexpr T value() const noexcept { return value_; }

private:
    static void this_part_of_an_address_is_out_of_range();    // never defined: its name is the compiler's message
    T value_;
};

}  // namespace detail

// Writes the value's text where it fits entirely, and gives the size that it needs; where it does not fit, nothing is written.
// With room for T::max_text_size it always fits. No NUL is added.
template <detail::textual T>
constexpr std::size_t to_chars(char* first, char* last, const T& value) noexcept {
    auto room = static_cast<std::size_t>(last - first);
    if (room >= T::max_text_size) [[likely]] return static_cast<std::size_t>(value.write_text(first) - first);
    char text[T::max_text_size] = {};
    auto size = static_cast<std::size_t>(value.write_text(text) - text);
    if (size <= room) detail::write(first, {text, size});
    return size;
}

// The value's text, from which parse gives the value back.
template <detail::textual T>
[[nodiscard]] constexpr std::string to_string(const T& value) {
    char text[T::max_text_size] = {};
    return std::string(text, value.write_text(text));
}

}  // namespace plumb
