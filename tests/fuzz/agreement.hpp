// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

// What the fuzzers of the parsers share: bytes as text, and an end that says what was found.

namespace fuzz {

inline std::string_view text(const std::uint8_t* data, std::size_t size) {
    return {reinterpret_cast<const char*>(data), size};
}

inline void must_be_empty(const std::string& disagreement, std::string_view text) {
    if (disagreement.empty()) return;
    std::fprintf(stderr, "%.*s: %s\n", static_cast<int>(text.size()), text.data(), disagreement.c_str());
    std::abort();
}

}  // namespace fuzz
