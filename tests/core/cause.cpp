// SPDX-License-Identifier: BSL-1.0
#include <plumb/core/cause.hpp>

#include <doctest/doctest.h>

using namespace plumb;

TEST_CASE("every Windows number that we know means something, and is listed once") {
    std::uint16_t before = 0;
    for (auto [number, meaning] : detail::windows_causes) {
        CHECK(number > before);
        CHECK(meaning != std::errc{});
        before = number;
    }
    // All of Winsock's that a socket call gives, by their distance to 10000: winsock2.h.
    for (auto wsa : {4, 9, 13, 14, 22, 24, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 58, 60, 61, 63, 65})
        CHECK(detail::meaning_of(error_domain::windows, static_cast<std::uint16_t>(10'000 + wsa)) != std::errc{});
}

TEST_CASE("every condition and every failure of a lookup has a sentence") {
    for (int cause = 1; cause <= static_cast<int>(condition::status_lost); ++cause)
        CHECK(detail::sentence_of(static_cast<condition>(cause)) != "Unknown condition");
    for (int cause = 1; cause <= static_cast<int>(lookup::invalid_name); ++cause)
        CHECK(detail::sentence_of(static_cast<lookup>(cause)) != "Unknown resolver failure");
}
