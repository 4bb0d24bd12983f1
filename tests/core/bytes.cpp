// SPDX-License-Identifier: BSL-1.0
#include <plumb/core.hpp>

#include <doctest/doctest.h>

#include <array>
#include <cstring>
#include <ranges>
#include <span>
#include <string>
#include <string_view>
#include <vector>

using namespace plumb;

static_assert(byte_like<char> && byte_like<unsigned char> && byte_like<signed char> && byte_like<char8_t> && byte_like<std::byte>);
static_assert(!byte_like<bool> && !byte_like<short> && !byte_like<int>);

// What is no range of bytes is no bytes.
static_assert(!std::is_convertible_v<std::vector<int>&, bytes> && !std::is_convertible_v<std::u16string&, bytes>);
static_assert(!std::is_convertible_v<bool (&)[4], bytes> && !std::is_convertible_v<std::array<bool, 4>&, bytes>);
static_assert(!std::is_convertible_v<int, bytes> && !std::is_convertible_v<const char*, bytes>);
// An array of char that can change is neither clearly text nor clearly a buffer.
static_assert(!std::is_convertible_v<char (&)[4], bytes> && std::is_convertible_v<const char (&)[4], bytes>);
// What is const is not written into.
static_assert(!std::is_convertible_v<const std::string&, mutable_bytes> && !std::is_convertible_v<std::string_view, mutable_bytes>);
static_assert(!std::is_convertible_v<const char (&)[4], mutable_bytes> && !std::is_convertible_v<std::span<const std::byte>, mutable_bytes>);
static_assert(!std::is_convertible_v<bytes, mutable_bytes> && std::is_convertible_v<mutable_bytes, bytes>);
static_assert(std::ranges::view<bytes> && std::ranges::borrowed_range<mutable_bytes>);

namespace {

[[nodiscard]] std::string_view shown(bytes view) { return view.text(); }

}  // namespace

TEST_CASE("bytes are made from every kind of range of bytes") {
    std::string text = "abc";
    const std::string fixed = "abc";
    std::vector<char> chars(text.begin(), text.end());
    std::vector<unsigned char> octets(text.begin(), text.end());
    std::array<std::byte, 3> array{std::byte('a'), std::byte('b'), std::byte('c')};
    const std::array<char, 3> letters{'a', 'b', 'c'};
    unsigned char raw[] = {'a', 'b', 'c'};
    const std::byte fixed_raw[] = {std::byte('a'), std::byte('b'), std::byte('c')};
    char8_t eight[] = {u8'a', u8'b', u8'c'};
    CHECK(shown(text) == "abc");
    CHECK(shown(fixed) == "abc");
    CHECK(shown(std::string_view(text)) == "abc");
    CHECK(shown(std::u8string(u8"abc")) == "abc");
    CHECK(shown(chars) == "abc");
    CHECK(shown(octets) == "abc");
    CHECK(shown(array) == "abc");
    CHECK(shown(letters) == "abc");
    CHECK(shown(raw) == "abc");
    CHECK(shown(fixed_raw) == "abc");
    CHECK(shown(eight) == "abc");
    CHECK(shown(std::span<const char>(chars)) == "abc");
    CHECK(shown(std::span(array)) == "abc");
    CHECK(shown(std::as_bytes(std::span(chars))) == "abc");
    CHECK(shown(mutable_bytes(array)) == "abc");
    CHECK(shown(bytes(static_cast<const void*>(raw), 2)) == "ab");
}

TEST_CASE("text in quotes loses its closing NUL and no other") {
    CHECK(shown("abc") == "abc");
    CHECK(shown("") == "");
    CHECK(shown("a\0b") == std::string_view("a\0b", 3));
    CHECK(shown("ab\0") == std::string_view("ab\0", 3));
    const char without[] = {'a', 'b'};    // not text: nothing to lose
    CHECK(shown(without) == "ab");
    std::array<char, 3> held{'a', 'b', '\0'};    // a container is taken whole
    CHECK(shown(held).size() == 3);
}

TEST_CASE("mutable bytes write into what they were made from") {
    auto fill = [](mutable_bytes into) { std::memset(into.data(), 'x', into.size()); };
    std::string text = "abc";
    char buffer[2] = {};
    std::array<unsigned char, 2> octets{};
    std::vector<std::byte> vector(2);
    fill(text);
    fill(buffer);
    fill(octets);
    fill(std::span(vector).first(1));
    CHECK(text == "xxx");
    CHECK(buffer[1] == 'x');
    CHECK(octets[1] == 'x');
    CHECK(vector[0] == std::byte('x'));
    CHECK(vector[1] == std::byte(0));
}

TEST_CASE("the bytes of a value are those that it lies in") {
    struct header {
        big<std::uint16_t> type;
        big<std::uint32_t> size;
    };
    header out{0x0102, 0x03040506};
    CHECK(bytes_of(out).text() == "\1\2\3\4\5\6");
    header in;
    std::memcpy(mutable_bytes_of(in).data(), bytes_of(out).data(), sizeof in);
    CHECK(in.type == 0x0102);
    CHECK(in.size == 0x03040506);
}

TEST_CASE("empty ranges are empty bytes") {
    CHECK(bytes().empty());
    CHECK(bytes(std::string()).empty());
    CHECK(mutable_bytes().empty());
    std::vector<char> none;
    CHECK(mutable_bytes(none).empty());
    CHECK(bytes().text() == "");
}
