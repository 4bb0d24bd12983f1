// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/address/text.hpp>

#include <ostream>
#include <string_view>

// Opt-in: addresses written to streams, for programs that use those.

namespace plumb::inline v0_1 {

// Writes the value's text; the stream's width, fill and alignment apply.
template <detail::textual T>
std::ostream& operator<<(std::ostream& out, const T& value) {
    char text[T::max_text_size];
    return out << std::string_view(text, to_chars(text, text + sizeof text, value));
}

}  // namespace plumb
