// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/address/text.hpp>

#include <version>

// Addresses as arguments of std::format, where the library has it.

#if defined(__cpp_lib_format)

#include <format>
#include <string_view>

// Takes what a text takes: width, fill, alignment and precision.
template <plumb::detail::textual T>
struct std::formatter<T, char> : std::formatter<std::string_view, char> {
    template <class Context>
    auto format(const T& value, Context& context) const {
        char text[T::max_text_size];
        return std::formatter<std::string_view, char>::format({text, plumb::to_chars(text, text + sizeof text, value)}, context);
    }
};

#endif
