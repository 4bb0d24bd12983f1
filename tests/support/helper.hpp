// SPDX-License-Identifier: BSL-1.0
#pragma once

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

}  // namespace support
