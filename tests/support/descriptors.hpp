// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <map>
#include <string>

// What this process holds open, as the kernel tells it. Empty on a system that does not tell.

namespace support {

// Number and target of each open descriptor: 3 -> "socket:[4711]".
[[nodiscard]] std::map<int, std::string> open_descriptors();

[[nodiscard]] inline std::size_t count_descriptors() { return open_descriptors().size(); }

}  // namespace support
