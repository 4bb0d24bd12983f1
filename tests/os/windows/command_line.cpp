// SPDX-License-Identifier: BSL-1.0
#include <plumb/os/windows/command_line.hpp>

#include <doctest/doctest.h>

#include <shellapi.h>
#include <vector>

using namespace plumb;

namespace {

using words = std::vector<std::string_view>;

// The words that the system itself takes a command line apart into.
std::vector<std::string> taken_apart(const std::wstring& line) {
    std::vector<std::string> found;
    int count = 0;
    auto list = ::CommandLineToArgvW(line.c_str(), &count);
    for (int i = 0; i < count; ++i) found.push_back(os::from_wide(list[i]));
    ::LocalFree(list);
    return found;
}

}  // namespace

TEST_CASE("the system takes the same words apart that were put together") {
    for (std::string_view word : {"", "plain", "two words", "tab\there", "\"", "\"\"", "a\"b", "\\", "\\\\", "ends in \\", "ends in \\\\", "\\\"",
                                  "\\\\\"", "\\\\\\\" x", "a\\b", "a\\\\b c", "C:\\Program Files\\", "\"C:\\x y\\\"", "line\nbreak", "\xc3\xa4\xe2\x82\xac"}) {
        words asked = {"C:\\some program.exe", word, "end", word};
        CHECK(taken_apart(os::command_line(asked).value()) == std::vector<std::string>(asked.begin(), asked.end()));
    }
}

TEST_CASE("a word that needs no quotes gets none") {
    CHECK(os::command_line(words{"sort", "-n", "a\\b"}).value() == L"\"sort\" -n a\\b");
    CHECK(os::command_line(words{"sort", "a b\\"}).value() == L"\"sort\" \"a b\\\\\"");
}

TEST_CASE("what cannot be said in one text is refused") {
    CHECK(os::command_line(words{}).error() == std::errc::invalid_argument);
    CHECK(os::command_line(words{"quo\"ted"}).error() == std::errc::invalid_argument);
    CHECK(os::command_line(words{"sort", std::string_view("a\0b", 3)}).error() == std::errc::invalid_argument);
    CHECK(os::command_line(words{"sort", "\xff"}).error() == std::errc::illegal_byte_sequence);
}

TEST_CASE("a batch file is refused, however its name is written: the system gives it to its shell, which no quoting stops") {
    for (std::string_view name : {"run.bat", "run.cmd", "RUN.BAT", "run.Cmd", "C:\\x\\run.bat", "run.bat.", "run.bat ", "run.cmd . .", ".bat"})
        CHECK(os::command_line(words{name, "&calc"}).error() == std::errc::operation_not_supported);
    for (std::string_view name : {"run.exe", "bat", "run.bat.exe", "runbat"}) CHECK(os::command_line(words{name}).has_value());
}
