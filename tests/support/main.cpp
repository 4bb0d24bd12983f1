// SPDX-License-Identifier: BSL-1.0
#define DOCTEST_CONFIG_IMPLEMENT
#include <doctest/doctest.h>

#include "descriptors.hpp"

#include <cstdio>

// Runs the tests of one file, and fails if they leave more or fewer descriptors open than they found.
int main(int count, char** words) {
    auto before = support::open_descriptors();
    doctest::Context context(count, words);
    auto outcome = context.run();
    if (context.shouldExit()) return outcome;
    auto after = support::open_descriptors();

    for (auto& [number, target] : after) {
        auto known = before.find(number);
        if (known == before.end()) std::printf("left open: descriptor %d -> %s\n", number, target.c_str());
        else if (known->second != target)
            std::printf("exchanged: descriptor %d -> %s, was %s\n", number, target.c_str(), known->second.c_str());
    }
    for (auto& [number, target] : before)
        if (!after.contains(number)) std::printf("closed: descriptor %d -> %s\n", number, target.c_str());
    return outcome ? outcome : before != after;
}
