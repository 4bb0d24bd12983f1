// SPDX-License-Identifier: BSL-1.0
#include <plumb/process/run.hpp>

#include <doctest/doctest.h>

#include "helper.hpp"

#include <cstdlib>
#include <thread>

using namespace plumb;
using namespace std::chrono_literals;

namespace {

const std::string child = support::helper("child");

std::string pattern(std::size_t size) {
    std::string text(size, '\0');
    for (std::size_t i = 0; i < size; ++i) text[i] = static_cast<char>('a' + i % 23);
    return text;
}

// Whether a text is that pattern, so far.
bool is_pattern(std::string_view text, std::size_t size) {
    static const auto block = pattern(23 * 2048);
    if (text.size() != size) return false;
    for (; text.size() > block.size(); text.remove_prefix(block.size()))
        if (!text.starts_with(block)) return false;
    return block.starts_with(text);
}

// The sizes of a day's work, or with PLUMB_GREAT_SIZES those of a disaster.
std::size_t sized(std::size_t usual, std::size_t great) { return std::getenv("PLUMB_GREAT_SIZES") ? great : usual; }

std::string shown(std::initializer_list<std::string_view> words) {
    std::vector<std::string_view> all = {child, "arguments"};
    all.insert(all.end(), words.begin(), words.end());
    return process::run(all).value().output;
}

}  // namespace

TEST_CASE("a program is run to its end, and says how it was") {
    auto done = process::run({child, "exit", "7"}).value();
    CHECK(done.status.exited());
    CHECK(done.status.code() == 7);
    CHECK(done.output == "");
    CHECK(done.error == "");
    CHECK(process::run({child, "exit", "0"})->status.succeeded());
    CHECK_FALSE(process::run({child, "die"})->status.succeeded());
}

TEST_CASE("a mebibyte goes in and comes back") {
    auto text = pattern(1 << 20);
    auto done = process::run({child, "cat"}, {.input = text}).value();
    CHECK(done.status.succeeded());
    CHECK((done.output == text));
}

TEST_CASE("both outputs are taken at once, whichever the program fills first") {
    auto done = process::run({child, "fill", "1000000", "2000000"}).value();
    CHECK(done.status.succeeded());
    CHECK((done.output == pattern(1'000'000)));
    CHECK((done.error == pattern(2'000'000)));
}

TEST_CASE("much that comes from both outputs at the same time comes whole") {
    auto size = sized(16'000'000, std::size_t{1} << 30);
    auto done = process::run({child, "pour", std::to_string(size)}).value();
    CHECK(done.status.succeeded());
    CHECK(is_pattern(done.output, size));
    CHECK(is_pattern(done.error, size));
}

TEST_CASE("much goes in while as much comes out") {
    auto text = pattern(sized(4'000'000, 100'000'000));
    auto done = process::run({child, "cat"}, {.input = text}).value();
    CHECK(done.status.succeeded());
    CHECK((done.output == text));
}

TEST_CASE("a program need not read what it is given") {
    auto done = process::run({child, "deaf"}, {.input = pattern(3 << 20)}).value();
    CHECK(done.status.succeeded());
    CHECK(done.output == "deaf");
}

TEST_CASE("a program that does not end is killed at the deadline, or by a stop") {
    auto start = os::native::now();
    CHECK(process::run({child, "wait"}, {.timeout = within(30ms)}).error().message() == "run: The deadline passed");
    CHECK(os::native::now() - start < 10s);
    CHECK(process::run({child, "cat"}, {.input = pattern(3 << 20), .timeout = within(0s)}).error() == condition::timed_out);
    stop_source source;
    std::thread other([&] { source.request_stop(); });
    CHECK(process::run({child, "wait"}, {.stop = source.token()}).error() == condition::cancelled);
    other.join();
}

TEST_CASE("more than is wanted is an error, and as much as is wanted is none") {
    CHECK(process::run({child, "fill", "10000", "0"}, {.most = 10'000})->output.size() == 10'000);
    CHECK(process::run({child, "fill", "10001", "0"}, {.most = 10'000}).error().message() == "run: Longer than the limit of 10000 bytes");
    CHECK(process::run({child, "fill", "0", "300000"}, {.most = 10'000}).error() == condition::too_long);
}

TEST_CASE("a program that cannot be started is an error of the start") {
    CHECK(process::run({"/no/such/program"}).error() == std::errc::no_such_file_or_directory);
    CHECK(process::run({"plumb-no-such-program"}).error().operation() == verb::run);
    CHECK(process::run({"plumb-no-such-program"}).error() == std::errc::no_such_file_or_directory);
    CHECK(process::run({"plumb-no-such-program"}).error().message() == "run: program: No such file or directory");
    CHECK(process::run({}).error() == std::errc::invalid_argument);
}

TEST_CASE("every word arrives as it was, whatever is in it") {
    CHECK(shown({}) == "");
    CHECK(shown({"plain"}) == "[plain]\n");
    CHECK(shown({""}) == "[]\n");
    CHECK(shown({"", ""}) == "[]\n[]\n");
    for (std::string_view word : {"two words", "tab\there", "\"", "\"\"", "a\"b", "\\", "\\\\", "ends in \\", "ends in \\\\", "\\\"", "\\\\\"",
                                  "a\\b", "a\\\\b c", "$HOME", "%PATH%", "*", "a;b|c&d>e<f", "^", "'quoted'", "`x`", "-option", "/option",
                                  "C:\\Program Files\\", "\"C:\\x y\\\"", "!", "line\nbreak"}) {
        CHECK(shown({word}) == "[" + std::string(word) + "]\n");
        CHECK(shown({word, word, "end"}) == "[" + std::string(word) + "]\n[" + std::string(word) + "]\n[end]\n");
    }
}

TEST_CASE("a NUL inside a word, a variable or a directory is refused, not cut") {
    std::string cut("a\0b", 3), path("/\0x", 3), variable("A=\0", 3);
    CHECK(process::run({child, "arguments", cut}).error() == std::errc::invalid_argument);
    CHECK(process::run({std::string_view(cut)}).error() == std::errc::invalid_argument);
    CHECK(process::run({child, "directory"}, {.directory = path}).error() == std::errc::invalid_argument);
    CHECK(process::run({child, "exit", "0"}, {.environment = {variable}}).error() == std::errc::invalid_argument);
}

TEST_CASE("the environment and the directory are what was asked for") {
    auto value = [](std::string_view name, environment in) {
        return process::run({child, "variable", name}, {.environment = std::move(in)}).value().output;
    };
    CHECK(value("PLUMB_TEST", environment()) == "");
    CHECK(value("PLUMB_TEST", environment::with({"PLUMB_TEST=a b=c"})) == "[a b=c]");
    CHECK(value("PATH", environment::with({"PLUMB_TEST=1"})) != "");
    CHECK(value("PATH", environment::with({"PATH"})) == "");
    auto here = std::filesystem::current_path();
    CHECK(process::run({child, "directory"}).value().output == here.string());
    CHECK(process::run({child, "directory"}, {.directory = here.parent_path().string()}).value().output == here.parent_path().string());
    auto refused = process::run({child, "directory"}, {.directory = "/no/such/place"});
    CHECK(refused.error().detail() == static_cast<std::uint32_t>(launch_step::directory));
    CHECK(refused.error().message().starts_with("run: directory: "));
}
