// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/os/answer.hpp>
#include <plumb/os/windows/failure.hpp>

#include <string>
#include <string_view>

// UTF-8, which is ours, and UTF-16, which is the system's.

namespace plumb::inline v0_1::os {

// Errors: illegal_byte_sequence where it is not UTF-8.
[[nodiscard]] inline answer<std::wstring> to_wide(verb operation, std::string_view text) {
    if (text.empty()) return std::wstring();
    auto size = static_cast<int>(text.size());
    auto room = ::MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, text.data(), size, nullptr, 0);
    if (room == 0) return failure(last_error(operation));
    std::wstring wide(static_cast<std::size_t>(room), L'\0');
    ::MultiByteToWideChar(CP_UTF8, 0, text.data(), size, wide.data(), room);
    return wide;
}

// What is not UTF-16 becomes U+FFFD.
[[nodiscard]] inline std::string from_wide(std::wstring_view wide) {
    auto size = static_cast<int>(wide.size());
    auto room = ::WideCharToMultiByte(CP_UTF8, 0, wide.data(), size, nullptr, 0, nullptr, nullptr);
    std::string text(static_cast<std::size_t>(room), '\0');
    ::WideCharToMultiByte(CP_UTF8, 0, wide.data(), size, text.data(), room, nullptr, nullptr);
    return text;
}

}  // namespace plumb::os
