// SPDX-License-Identifier: BSL-1.0
#include <plumb/address/text.hpp>

#include "../support/address_checks.hpp"

#include <bit>
#include <charconv>
#include <cstdint>

using namespace plumb;

TEST_CASE("a decimal number is read as far as it stays within the limit") {
    struct row {
        std::string_view text;
        std::uint32_t limit;
        bool is_number;
        std::uint32_t value;
        std::uint32_t read;
        const char* reason;
    };
    for (auto [text, limit, is_number, value, read, reason] : {
             row{"0", 255, true, 0, 1, "zero"},
             {"255", 255, true, 255, 3, "the limit"},
             {"256", 255, true, 25, 2, "the digit that is too much is left"},
             {"99999", 65535, true, 9999, 4, "the digit that is too much is left"},
             {"4294967295", 0xffffffff, true, 0xffffffff, 10, "the greatest limit does not overflow"},
             {"4294967296", 0xffffffff, true, 429496729, 9, "one more"},
             {"007", 255, true, 0, 1, "a leading zero ends the number"},
             {"12x", 255, true, 12, 2, "up to what is no digit"},
             {"", 255, false, 0, 0, "nothing"},
             {"x", 255, false, 0, 0, "no digit"},
             {"-1", 255, false, 0, 0, "a sign"},
             {"/", 255, false, 0, 0, "the character before 0"},
             {":", 255, false, 0, 0, "the character behind 9"},
             {"\xb0", 255, false, 0, 0, "0 with its highest bit set"},
         }) {
        CAPTURE(text);
        CAPTURE(reason);
        detail::cursor place(text);
        std::uint32_t number = 0;
        CHECK(detail::read_decimal(place, limit, number) == is_number);
        CHECK(number == value);
        CHECK(place.offset() == read);
    }
}

TEST_CASE("a decimal number is written as std::to_chars writes it") {
    auto same = [](std::uint32_t number) {
        char ours[16], theirs[16];
        std::string_view written(ours, static_cast<std::size_t>(detail::write_decimal(ours, number) - ours));
        return written == std::string_view(theirs, static_cast<std::size_t>(std::to_chars(theirs, theirs + 16, number).ptr - theirs));
    };
    for (std::uint32_t number = 0; number < 70'000; ++number) REQUIRE(same(number));
    for (std::uint32_t power = 1; power < 1'000'000'000; power *= 10) REQUIRE((same(power) && same(power - 1) && same(power * 9)));
    REQUIRE(same(0xffffffff));
}

TEST_CASE("a hash changes about half of its bits with every bit of its input") {
    for (int bit = 0; bit < 64; ++bit)
        for (auto base : {std::uint64_t{0}, std::uint64_t{0x0a000001}}) {
            auto turned = base ^ std::uint64_t{1} << bit;
            auto first = std::popcount(detail::mixed(base) ^ detail::mixed(turned));
            auto second = std::popcount(detail::mixed(7, base) ^ detail::mixed(7, turned));
            CAPTURE(bit);
            CHECK((first > 8 && first < 56));
            CHECK((second > 8 && second < 56));
        }
}

TEST_CASE("to_chars and to_string work while the program compiles") {
    constexpr auto size = [] {
        char text[4] = {};
        return to_chars(text, text + 4, port(8080)) + static_cast<unsigned>(text[3] == '0');
    }();
    static_assert(size == 5);
    CHECK(to_string(port(8080)) == "8080");
}
