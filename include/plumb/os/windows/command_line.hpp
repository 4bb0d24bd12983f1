// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/os/slice.hpp>
#include <plumb/os/windows/text.hpp>


// Windows hands a program one text and no list: it is put together so that CommandLineToArgvW takes the same words apart again.

namespace plumb::inline v0_1::os {

// Adds a word. Backslashes mean themselves unless a quote follows them. Source: CommandLineToArgvW, "Remarks".
inline void add_word(std::wstring& line, std::wstring_view word) {
    line += L' ';
    if (!word.empty() && word.find_first_of(L" \t\n\v\"") == word.npos) {
        line += word;
        return;
    }
    line += L'"';
    std::size_t backslashes = 0;
    for (auto each : word) {
        if (each == L'"') line.append(backslashes + 1, L'\\');
        backslashes = each == L'\\' ? backslashes + 1 : 0;
        line += each;
    }
    line.append(backslashes, L'\\').append(L"\"");
}

// Whether it names a file that the system gives to its shell, for which no quoting is safe. Spaces and dots at the end of a
// name mean nothing to the system.
[[nodiscard]] inline bool is_batch_file(std::string_view program) noexcept {
    while (program.ends_with(' ') || program.ends_with('.')) program.remove_suffix(1);
    if (program.size() < 4) return false;
    char ending[4];
    for (std::size_t i = 0; i < 4; ++i) {
        auto each = program[program.size() - 4 + i];
        ending[i] = each >= 'A' && each <= 'Z' ? static_cast<char>(each - 'A' + 'a') : each;
    }
    std::string_view found(ending, 4);
    return found == ".bat" || found == ".cmd";
}

// A program and its arguments as one text. The program's name knows no escapes.
// Errors: invalid_argument (no word, a NUL, a quote in the program's name), operation_not_supported (a batch file),
// illegal_byte_sequence.
[[nodiscard]] inline answer<std::wstring> command_line(slice<const std::string_view> words) {
    if (words.empty() || words.front().find('"') != std::string_view::npos) return failure(verb::spawn, std::errc::invalid_argument);
    if (is_batch_file(words.front())) return failure(verb::spawn, std::errc::operation_not_supported);
    std::wstring line;
    for (auto each : words) {
        if (each.find('\0') != each.npos) return failure(verb::spawn, std::errc::invalid_argument);
        auto wide = to_wide(verb::spawn, each);
        if (!wide) return failure(wide.error());
        if (line.empty()) line.append(L"\"").append(*wide).append(L"\"");
        else add_word(line, *wide);
    }
    return line;
}

}  // namespace plumb::os
