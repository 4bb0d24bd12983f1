// SPDX-License-Identifier: BSL-1.0
#include <plumb/stream.hpp>

#include <doctest/doctest.h>

#include "child.hpp"
#include "folder.hpp"

#include <chrono>
#include <fcntl.h>
#include <fstream>
#include <string>
#include <string_view>
#include <sys/resource.h>
#include <sys/stat.h>
#include <csignal>
#include <unistd.h>
#include <utility>

using namespace plumb;
using namespace std::chrono_literals;
using support::folder;

TEST_CASE("what is written into a file can be read from it") {
    folder at;
    auto out = file::open(at / "f", file_mode::create).value();
    out.write_all("hello, ").value();
    out.write_all({"wor", "", "ld"}).value();
    out.sync().value();
    CHECK(at.get("f") == "hello, world");
    out.close();
    CHECK_FALSE(out.is_open());
    auto in = file::open(at / "f").value();
    CHECK(in.size().value() == 12);
    CHECK(in.read_to_end<std::string>().value() == "hello, world");
    in.seek(7).value();
    CHECK(in.read_to_end<std::string>(within(1s)).value() == "world");
    char one[1];
    CHECK(in.read(one).value() == 0);
}

TEST_CASE("a descriptor made elsewhere is taken over if it is a file or a device") {
    folder at;
    std::ofstream(at / "f") << "hello";
    auto raw = ::open((at / "f").c_str(), O_RDONLY | O_CLOEXEC);
    auto adopted = file::adopt(raw).value();
    CHECK(adopted.native_handle() == raw);
    CHECK(adopted.read_to_end<std::string>().value() == "hello");
    CHECK(file::adopt(::open("/dev/null", O_WRONLY | O_CLOEXEC)).has_value());
    int ends[2];
    REQUIRE(::pipe2(ends, O_CLOEXEC) == 0);
    auto folder_itself = ::open(at.path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    for (auto none : {ends[0], ends[1], folder_itself}) {
        CHECK(file::adopt(none).error() == error(verb::adopt, condition::wrong_descriptor));
        CHECK(::close(none) == 0);    // still ours
    }
    CHECK(file::adopt(ends[0]).error() == error(verb::adopt, std::errc::bad_file_descriptor));
}

TEST_CASE("a file is opened as its mode says") {
    folder at;
    { std::ofstream(at / "f") << "old"; }
    file::open(at / "f", file_mode::append).value().write_all("er").value();
    CHECK(at.get("f") == "older");
    CHECK(file::open(at / "f", file_mode::create_new).error() == std::errc::file_exists);
    auto both = file::open(at / "f", file_mode::update).value();
    both.write_all("b").value();
    CHECK(both.read_to_end<std::string>().value() == "lder");
    CHECK(at.get("f") == "blder");
    (void)file::open(at / "f", file_mode::create).value();
    CHECK(at.get("f").empty());
    file::open(at / "new", file_mode::create_new).value().write_all("n").value();
    CHECK(at.get("new") == "n");
    auto reading = file::open(at / "new").value();
    CHECK(reading.write("x").error() == std::errc::bad_file_descriptor);
}

TEST_CASE("a file that cannot be opened says why") {
    folder at;
    using namespace std::string_view_literals;
    CHECK(file::open(at / "missing").error() == error(verb::open, std::errc::no_such_file_or_directory));
    CHECK(file::open(at.path(), file_mode::create).error() == std::errc::is_a_directory);
    CHECK(file::open("").error() == std::errc::no_such_file_or_directory);
    CHECK(file::open("/etc/passwd\0.txt"sv).error() == std::errc::invalid_argument);    // C would open /etc/passwd
    CHECK(file::open(at / std::string(300, 'x')).error() == std::errc::filename_too_long);
    auto folder_itself = file::open(at.path()).value();
    char one[1];
    CHECK(folder_itself.read(one).error() == error(verb::read, std::errc::is_a_directory));
}

TEST_CASE("a file that has no more room says so, and how much went in") {
    auto full = file::open("/dev/full", file_mode::create).value();
    CHECK(full.write("x").error() == std::errc::no_space_on_device);
    CHECK(full.write_all("xyz").error().detail() == 0);
    auto limited = support::in_child([] {
        ::signal(SIGXFSZ, SIG_IGN);
        rlimit most{10, 10};
        ::setrlimit(RLIMIT_FSIZE, &most);
        folder at;
        auto out = file::open(at / "f", file_mode::create).value();
        auto outcome = out.write_all("0123456789abc");
        return outcome ? "it went in" : outcome.error().reason() + ' ' + std::to_string(outcome.error().detail());
    });
    CHECK(limited == "File too large 10");
}

TEST_CASE("no program that is started inherits a file") {
    auto opened = file::open("/dev/null").value();
    CHECK((::fcntl(opened.native_handle(), F_GETFD) & FD_CLOEXEC) != 0);
}

TEST_CASE("the program's own streams are opened anew, and closing them closes nothing else") {
    struct stat own, opened;
    for (auto which : {standard_stream::input, standard_stream::output, standard_stream::error}) {
        auto number = static_cast<int>(which);
        if (::fstat(number, &own) == -1) continue;    // started without it
        auto stream = file::standard(which).value();
        CHECK(stream.native_handle() > 2);
        REQUIRE(::fstat(stream.native_handle(), &opened) == 0);
        CHECK(opened.st_ino == own.st_ino);
        CHECK(stream.is_terminal() == (::isatty(number) == 1));
        stream.close();
        CHECK(::fcntl(number, F_GETFD) != -1);
    }
}

TEST_CASE("a pseudo-terminal is a terminal, and a file is none") {
    CHECK_FALSE(file::open("/dev/null").value().is_terminal());
    auto terminal = file::open("/dev/ptmx", file_mode::update);
    if (terminal) CHECK(terminal->is_terminal());
}

TEST_CASE("a file has one owner") {
    auto first = file::open("/dev/zero").value();
    auto number = first.native_handle();
    auto second = std::move(first);
    CHECK_FALSE(first.is_open());
    CHECK(second.native_handle() == number);
    char one[1];
    CHECK(first.read(one).error() == std::errc::bad_file_descriptor);
    CHECK(first.write("x").error() == std::errc::bad_file_descriptor);
    CHECK(first.size().error() == std::errc::bad_file_descriptor);
    CHECK(first.seek(0).error() == std::errc::bad_file_descriptor);
    auto& same = second;
    second = std::move(same);
    CHECK(second.read(one).value() == 1);
    second = file::open("/dev/null").value();
    CHECK(second.read(one).value() == 0);
    auto given = second.release();
    CHECK_FALSE(second.is_open());
    CHECK(::fcntl(given, F_GETFD) != -1);
    ::close(given);
}

TEST_CASE("offsets beyond 4 GiB are kept, and impossible ones refused") {
    folder at;
    auto sparse = file::open(at / "f", file_mode::update).value();
    sparse.seek((5ull << 30) + 1).value();
    sparse.write_all("x").value();
    CHECK(sparse.size().value() == (5ull << 30) + 2);
    CHECK(sparse.seek(~0ull).error() == error(verb::seek, std::errc::invalid_argument));
}

TEST_CASE("what is put back into a file is read again") {
    folder at;
    { std::ofstream(at / "f") << "0123456789"; }
    auto in = file::open(at / "f").value();
    char some[6];
    in.read_exact(some).value();
    in.put_back("45");
    CHECK(in.read_to_end<std::string>().value() == "456789");
}

TEST_CASE("a stop or a deadline is looked at before a call") {
    auto zeros = file::open("/dev/zero").value();
    char one[1];
    stop_source source;
    CHECK(zeros.read(one, source.token(), within(1s)).value() == 1);
    source.request_stop();
    CHECK(zeros.read(one, source.token()).error() == error(verb::read, condition::cancelled));
    CHECK(zeros.read(one, within(0s)).error() == error(verb::read, condition::timed_out));
}
