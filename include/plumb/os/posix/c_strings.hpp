// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/core/dynamic_array.hpp>
#include <plumb/core/result.hpp>

#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

// Words as execve takes them, and the places where a program may lie.

namespace plumb::inline v0_1::os {

// Texts as the system's calls take them: each ends with a NUL, and a null pointer ends the list.
class c_strings {
public:
    // Errors: invalid_argument where a text has a NUL inside: C would cut it there.
    template <class Texts>
    [[nodiscard]] result<void> set(verb operation, const Texts& texts) {
        std::size_t size = 0;
        for (std::string_view each : texts) {
            if (each.find('\0') != each.npos) return failure(operation, std::errc::invalid_argument);
            size += each.size() + 1;
        }
        text_.reserve(size);    // so that what is pointed to stays where it is
        for (std::string_view each : texts) {
            list_.push_back(text_.data() + text_.size());
            for (char c : each) text_.push_back(c);
            text_.push_back('\0');
        }
        list_.push_back(nullptr);
        return {};
    }

    [[nodiscard]] char* const* data() const noexcept { return list_.data(); }

private:
    detail::dynamic_array<char> text_;
    detail::dynamic_array<char*> list_;
};

// Where a program may lie: what has a slash in it, there; else in each folder of PATH in turn.
[[nodiscard]] inline std::vector<std::string> places_of(std::string_view program) {
    if (program.empty() || program.find('/') != program.npos) return {std::string(program)};
    std::vector<std::string> places;
    auto path = std::getenv("PATH");
    for (std::string_view rest = path ? path : "/bin:/usr/bin";;) {
        auto folder = rest.substr(0, rest.find(':'));
        places.push_back(std::string(folder.empty() ? "." : folder).append("/").append(program));
        if (folder.size() == rest.size()) return places;
        rest.remove_prefix(folder.size() + 1);
    }
}

}  // namespace plumb::os
