// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstdint>
#include <string>

namespace support {

// Bytes to recognise again: what is lost, doubled or moved by any distance shows.
[[nodiscard]] inline std::string pattern(std::size_t size) {
    std::string data(size, ' ');
    std::uint32_t state = 1;
    for (auto& one : data) one = static_cast<char>((state = state * 1'664'525 + 1'013'904'223) >> 24);
    return data;
}

}  // namespace support
