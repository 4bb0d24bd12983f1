// SPDX-License-Identifier: BSL-1.0
#include <plumb/os/file.hpp>

#include <plumb/os/clock.hpp>

#include <doctest/doctest.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

using namespace plumb;

namespace {

using files = os::native_files;

// A folder of this test's own, gone with all that is in it at the end.
struct folder {
    std::filesystem::path path;

    folder() {
        std::array<unsigned char, 8> random;
        must(os::native_random::random(random));
        std::string name = "plumb";
        for (auto byte : random) name += '-' + std::to_string(byte);
        path = std::filesystem::temp_directory_path() / name;
        std::filesystem::create_directory(path);
    }
    ~folder() {
        std::error_code ignored;
        std::filesystem::remove_all(path, ignored);
    }
    std::string operator/(const char8_t* name) const {
        auto utf8 = (path / name).u8string();
        return {utf8.begin(), utf8.end()};
    }
};

struct opened {
    os::handle handle;
    explicit opened(const std::string& path, file_mode mode) : handle(files::open(path, mode).value()) {}
    opened(const opened&) = delete;
    ~opened() { files::close(handle); }
    void write(std::string_view text) { CHECK(files::write(handle, text) == text.size()); }
    std::string read(std::size_t most = 100) {
        std::string text(most, '?');
        text.resize(files::read(handle, text).value());
        return text;
    }
};

std::string content(const std::string& path) {
    std::ifstream stream(std::filesystem::path(std::u8string(path.begin(), path.end())), std::ios::binary);
    return {std::istreambuf_iterator(stream), {}};
}

void put(const std::string& path, std::string_view text) {
    std::ofstream(std::filesystem::path(std::u8string(path.begin(), path.end())), std::ios::binary) << text;
}

}  // namespace

TEST_CASE("create makes an empty file, and empties what was there") {
    folder home;
    auto path = home / u8"log";
    for (auto text : {"first\r\n\0x", "2"}) {
        opened(path, file_mode::create).write(text);
        CHECK(content(path) == text);
    }
}

TEST_CASE("create_new refuses what was there and leaves it as it was") {
    folder home;
    auto path = home / u8"lock";
    opened(path, file_mode::create_new).write("mine");
    auto again = files::open(path, file_mode::create_new);
    REQUIRE_FALSE(again);
    CHECK(again.error() == std::errc::file_exists);
    CHECK(again.error().operation() == verb::open);
    CHECK(content(path) == "mine");
}

TEST_CASE("append writes at the end, whoever wrote meanwhile") {
    folder home;
    auto path = home / u8"journal";
    put(path, "0");
    opened one(path, file_mode::append), other(path, file_mode::append);
    one.write("1");
    other.write("2");
    one.write("3");
    CHECK(content(path) == "0123");
    opened(home / u8"fresh", file_mode::append).write("a");
    CHECK(content(home / u8"fresh") == "a");
}

TEST_CASE("update reads and writes what is there, in place") {
    folder home;
    auto path = home / u8"record";
    put(path, "abcdef");
    opened file(path, file_mode::update);
    CHECK(file.read(2) == "ab");
    file.write("XY");
    CHECK(file.read() == "ef");
    CHECK(content(path) == "abXYef");
    opened(home / u8"fresh", file_mode::update).write("a");
    CHECK(content(home / u8"fresh") == "a");
}

TEST_CASE("read gives what is there and then 0") {
    folder home;
    auto path = home / u8"data";
    put(path, "a\r\n\x1a" "b");
    opened file(path, file_mode::read);
    CHECK(file.read(3) == "a\r\n");
    CHECK(file.read() == "\x1a" "b");
    CHECK(file.read() == "");
    CHECK(file.read() == "");
}

TEST_CASE("seek goes to any place, also past the end and far") {
    folder home;
    auto path = home / u8"sparse";
    opened file(path, file_mode::update);
    file.write("0123456789");
    REQUIRE(files::seek(file.handle, 4));
    CHECK(file.read(3) == "456");
    REQUIRE(files::seek(file.handle, 12));
    CHECK(file.read() == "");
    file.write("x");
    CHECK(files::size(file.handle) == 13u);
    CHECK(content(path) == std::string("0123456789\0\0x", 13));
    REQUIRE(files::seek(file.handle, 5'000'000'000));
    CHECK(file.read() == "");
    CHECK_FALSE(files::seek(file.handle, ~std::uint64_t{0}));
}

TEST_CASE("a step back makes what was read be read again, and one before the start is none") {
    folder home;
    auto path = home / u8"steps";
    put(path, "0123456789");
    opened file(path, file_mode::read);
    CHECK(file.read(6) == "012345");
    files::step_back(file.handle, 2);
    CHECK(file.read() == "456789");
    files::step_back(file.handle, 11);
    CHECK(file.read() == "");
}

TEST_CASE("size and sync tell and keep what was written") {
    folder home;
    opened file(home / u8"size", file_mode::create);
    CHECK(files::size(file.handle) == 0u);
    file.write(std::string(100'000, 'x'));
    CHECK(files::size(file.handle) == 100'000u);
    CHECK(files::sync(file.handle));
}

TEST_CASE("a path is UTF-8 on every system") {
    folder home;
    auto path = home / u8"Grüße, 世界 🙂";
    opened(path, file_mode::create).write("hello");
    CHECK(std::filesystem::exists(home.path / std::filesystem::path(u8"Grüße, 世界 🙂")));
    CHECK(opened(path, file_mode::read).read() == "hello");
}

TEST_CASE("what cannot be opened says why") {
    folder home;
    put(home / u8"file", "");
    struct { std::string path; file_mode mode; std::errc cause; const char* reason; } rows[] = {
        {home / u8"nothing", file_mode::read, std::errc::no_such_file_or_directory, "no such file"},
        {home / u8"no/way", file_mode::create, std::errc::no_such_file_or_directory, "no such folder"},
        {std::string("a\0b", 3), file_mode::create, std::errc::invalid_argument, "a NUL inside"},
        {"", file_mode::read, std::errc::no_such_file_or_directory, "no name"},
    };
    for (auto& row : rows) {
        CAPTURE(row.reason);
        auto outcome = files::open(row.path, row.mode);
        REQUIRE_FALSE(outcome);
        CHECK(outcome.error() == row.cause);
        CHECK(outcome.error().operation() == verb::open);
    }
}

TEST_CASE("a file may be opened, renamed and deleted while it is open") {
    folder home;
    auto path = home / u8"busy";
    opened writer(path, file_mode::create);
    writer.write("1");
    opened reader(path, file_mode::read);
    CHECK(reader.read() == "1");
    std::error_code cause;
    std::filesystem::rename(home.path / "busy", home.path / "moved", cause);
    CHECK_FALSE(cause);
    CHECK(std::filesystem::remove(home.path / "moved", cause));
    writer.write("2");
    CHECK(reader.read() == "2");
}

TEST_CASE("the standard streams come as other handles, which can be closed and asked for again") {
    for (auto which : {standard_stream::input, standard_stream::output, standard_stream::error}) {
        auto first = files::standard(which);
        if (!first) {
            CHECK(first.error() == std::errc::bad_file_descriptor);    // started without it
            continue;
        }
        files::close(*first);
        auto second = files::standard(which);
        REQUIRE(second);
        if (which != standard_stream::input) CHECK(files::write(*second, bytes()) == 0u);
        files::close(*second);
    }
}

TEST_CASE("a file is no terminal, and neither is nothing") {
    folder home;
    opened file(home / u8"plain", file_mode::create);
    CHECK_FALSE(files::is_terminal(file.handle));
    CHECK_FALSE(files::is_terminal(os::none));
}

TEST_CASE("a file is known for one") {
    folder in;
    opened one(in / u8"file", file_mode::create);
    CHECK(files::expect(one.handle).has_value());
}

TEST_CASE("no file at all is a bad descriptor to every call") {
    std::array<std::byte, 4> buffer{};
    CHECK(files::expect(os::none).error() == std::errc::bad_file_descriptor);
    CHECK(files::read(os::none, buffer).error() == std::errc::bad_file_descriptor);
    CHECK(files::write(os::none, buffer).error() == std::errc::bad_file_descriptor);
    CHECK(files::seek(os::none, 0).error() == std::errc::bad_file_descriptor);
    CHECK(files::size(os::none).error() == std::errc::bad_file_descriptor);
    CHECK(files::sync(os::none).error() == std::errc::bad_file_descriptor);
    files::close(os::none);
}
