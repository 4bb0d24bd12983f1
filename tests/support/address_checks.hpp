// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "slow_parsers.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstring>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

// What the tests of every address type ask in the same way.

namespace support {

// A text that must be refused, where it goes wrong, and why.
struct refusal {
    std::string_view text;
    std::uint32_t offset;
    const char* reason;
};

template <class T, std::size_t Size>
void refuses(const refusal (&rows)[Size]) {
    for (const auto& [text, offset, reason] : rows) {
        CAPTURE(text);
        CAPTURE(reason);
        auto outcome = T::parse(text);
        REQUIRE_FALSE(outcome.has_value());
        CHECK(outcome.error() == plumb::condition::invalid_text);
        CHECK(outcome.error().operation() == plumb::verb::parse);
        CHECK(outcome.error().detail() == offset);
        CHECK(slow::disagreement<T>(text) == "");
    }
}

// A text that is read, how it is written, and why.
struct acceptance {
    std::string_view text;
    std::string_view written;
    const char* reason;
};

template <class T, std::size_t Size>
void accepts(const acceptance (&rows)[Size]) {
    for (const auto& [text, written, reason] : rows) {
        CAPTURE(text);
        CAPTURE(reason);
        auto outcome = T::parse(text);
        REQUIRE(outcome.has_value());
        CHECK(to_string(*outcome) == written);
        CHECK(slow::disagreement<T>(text) == "");
    }
}

// Texts that are nearly right: each seed with a few characters changed, taken away, or put in.
template <class T>
void agrees_near(const std::vector<std::string>& seeds, std::string_view characters, int rounds, auto check) {
    std::mt19937 random(20'251'123);
    auto below = [&](std::size_t limit) { return static_cast<std::size_t>(random() % limit); };
    for (int round = 0; round < rounds; ++round) {
        auto text = seeds[below(seeds.size())];
        for (auto changes = below(4); changes > 0; --changes) {
            auto place = below(text.size() + 1);
            auto character = characters[below(characters.size())];
            switch (below(3)) {
            case 0: text.insert(place, 1, character); break;
            case 1: if (place < text.size()) text[place] = character; break;
            default: if (place < text.size()) text.erase(place, 1 + below(3));
            }
        }
        if (auto found = check(text); !found.empty()) FAIL_CHECK(text << ": " << found);
    }
}

template <class T>
void agrees_near(const std::vector<std::string>& seeds, std::string_view characters, int rounds = 20'000) {
    agrees_near<T>(seeds, characters, rounds, [](const std::string& text) { return slow::disagreement<T>(text); });
}

// The values stand in ascending order: <=> says so of every two, a set keeps them apart, and so do their hashes.
template <class T>
void are_in_order(const std::vector<T>& ascending) {
    std::set<std::size_t> hashes;
    for (std::size_t i = 0; i < ascending.size(); ++i) {
        hashes.insert(std::hash<T>()(ascending[i]));
        for (std::size_t j = 0; j < ascending.size(); ++j) {
            CAPTURE(to_string(ascending[i]));
            CAPTURE(to_string(ascending[j]));
            CHECK((ascending[i] == ascending[j]) == (i == j));
            CHECK((ascending[i] < ascending[j]) == (i < j));
            CHECK((ascending[i] <=> ascending[j] > 0) == (i > j));
        }
    }
    CHECK(hashes.size() == ascending.size());
    CHECK(std::unordered_set<T>(ascending.begin(), ascending.end()).size() == ascending.size());
    auto copy = ascending;
    CHECK(std::hash<T>()(copy.back()) == std::hash<T>()(ascending.back()));
}

// Into room for n bytes the whole text is written or nothing, for every n, and the size that it needs is told each time.
template <class T>
void is_never_truncated(const T& value) {
    const auto whole = to_string(value);
    CHECK(whole.size() <= T::max_text_size);
    for (std::size_t room = 0; room <= T::max_text_size + 1; ++room) {
        std::vector<char> buffer(room + 16, '#');
        auto needed = to_chars(buffer.data(), buffer.data() + room, value);
        CHECK(needed == whole.size());
        CHECK(std::string_view(buffer.data(), needed <= room ? needed : 0) == (needed <= room ? std::string_view(whole) : ""));
        auto used = needed <= room ? room : 0;
        CHECK(std::all_of(buffer.begin() + static_cast<std::ptrdiff_t>(used), buffer.end(), [](char byte) { return byte == '#'; }));
    }
}

}  // namespace support
