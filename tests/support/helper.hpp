// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <string>

// Where the programs are that tests start.

namespace support {

[[nodiscard]] inline std::string helper(const std::string& name) {
    auto root = std::getenv("PLUMB_BUILD_ROOT");
    auto path = std::string(root ? root : ".") + "/tests/" + name;
    return std::filesystem::exists(path + ".exe") ? path + ".exe" : path;
}

// Whether the system still keeps a process of that number, zombies included. Elsewhere than on Linux: not.
[[nodiscard]] inline bool is_running(std::uint32_t number) {
    return std::filesystem::path::preferred_separator == '/' && std::filesystem::exists("/proc/" + std::to_string(number));
}

}  // namespace support
