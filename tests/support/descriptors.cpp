// SPDX-License-Identifier: BSL-1.0
#include "descriptors.hpp"

#include <filesystem>

namespace support {

std::map<int, std::string> open_descriptors() {
    std::map<int, std::string> found;
    // Wine shows the host's /proc as well, whose numbers are not the program's.
    if (std::filesystem::path::preferred_separator != '/') return found;
    std::error_code gone;
    std::filesystem::path folder = "/proc/self/fd";
    for (auto& entry : std::filesystem::directory_iterator(folder, gone))
        found[std::stoi(entry.path().filename().string())] = std::filesystem::read_symlink(entry.path(), gone).string();
    std::erase_if(found, [&](auto& one) {    // the descriptor that did the listing is closed by now
        return !std::filesystem::is_symlink(folder / std::to_string(one.first), gone);
    });
    return found;
}

}  // namespace support
