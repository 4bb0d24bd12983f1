// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/core/version.hpp>

#include <array>
#include <concepts>
#include <cstddef>
#include <span>
#include <string_view>
#include <type_traits>

// What is read into and written from: views of bytes, with easy ways in from anything that lies in memory as bytes.

namespace plumb::inline v0_1 {

// A type whose values are bytes: char, unsigned char, signed char, char8_t, std::byte.
template <class T>
concept byte_like = sizeof(T) == 1 && !std::same_as<std::remove_cv_t<T>, bool> &&
                    (std::integral<T> || std::same_as<std::remove_cv_t<T>, std::byte>);

namespace detail {

template <class Range>
using element_of = std::remove_pointer_t<decltype(std::declval<Range&>().data())>;

// Anything with data() and size() over byte-like elements: std::string, std::vector<char>, std::array, std::span …
template <class Range>
concept byte_range = requires(Range& range) {
    { range.size() } -> std::convertible_to<std::size_t>;
    requires byte_like<element_of<Range>>;
};

}  // namespace detail

// Bytes to be read by us, such as those to send. A view: what it shows must outlive the call.
class bytes : public std::span<const std::byte> {
public:
    constexpr bytes() = default;
    // A template of what it takes, or every string would be asked whether it is a range that a span can be made of.
    template <std::derived_from<std::span<const std::byte>> View>
    constexpr bytes(View view) noexcept : span(view) {}
    bytes(const void* data, std::size_t size) noexcept : span(static_cast<const std::byte*>(data), size) {}

    // Text in quotes, without its closing NUL.
    template <std::size_t Size>
    bytes(const char (&text)[Size]) noexcept : bytes(text, text[Size - 1] == '\0' ? Size - 1 : Size) {}
    template <std::size_t Size>
    bytes(char (&)[Size]) = delete;    // text or a buffer? say std::string_view(array) or std::span(array)

    template <class Range>
        requires(detail::byte_range<const Range> && !std::derived_from<Range, std::span<const std::byte>>)
    bytes(const Range& range) noexcept : bytes(range.data(), range.size()) {}

    template <byte_like T, std::size_t Size>
        requires(!std::same_as<std::remove_const_t<T>, char>)
    bytes(T (&array)[Size]) noexcept : bytes(array, Size) {}

    // The same bytes as text.
    [[nodiscard]] std::string_view text() const noexcept { return {reinterpret_cast<const char*>(data()), size()}; }
};

// Bytes to be written by us, such as a buffer to receive into. A view: what it shows must outlive the call.
class mutable_bytes : public std::span<std::byte> {
public:
    constexpr mutable_bytes() = default;
    template <std::derived_from<std::span<std::byte>> View>
    constexpr mutable_bytes(View view) noexcept : span(view) {}
    mutable_bytes(void* data, std::size_t size) noexcept : span(static_cast<std::byte*>(data), size) {}

    template <class Range>
        requires(detail::byte_range<std::remove_reference_t<Range>> &&
                 !std::is_const_v<detail::element_of<std::remove_reference_t<Range>>> &&
                 !std::derived_from<std::remove_cvref_t<Range>, std::span<std::byte>>)
    mutable_bytes(Range&& range) noexcept : mutable_bytes(range.data(), range.size()) {}

    template <byte_like T, std::size_t Size>
        requires(!std::is_const_v<T>)
    mutable_bytes(T (&array)[Size]) noexcept : mutable_bytes(array, Size) {}
};

// The bytes of a value that is nothing but its bytes, such as a struct of big<T>.
template <class T>
    requires(std::is_trivially_copyable_v<T> && std::has_unique_object_representations_v<T>)
[[nodiscard]] bytes bytes_of(const T& value) noexcept { return {&value, sizeof value}; }

template <class T>
    requires(std::is_trivially_copyable_v<T> && std::has_unique_object_representations_v<T> && !std::is_const_v<T>)
[[nodiscard]] mutable_bytes mutable_bytes_of(T& value) noexcept { return {&value, sizeof value}; }

}  // namespace plumb

template <>
inline constexpr bool std::ranges::enable_borrowed_range<plumb::bytes> = true;
template <>
inline constexpr bool std::ranges::enable_view<plumb::bytes> = true;
template <>
inline constexpr bool std::ranges::enable_borrowed_range<plumb::mutable_bytes> = true;
template <>
inline constexpr bool std::ranges::enable_view<plumb::mutable_bytes> = true;
