// SPDX-License-Identifier: BSL-1.0
#include <plumb/os/posix/file.hpp>

#include <doctest/doctest.h>

#include "child.hpp"
#include "old_kernel.hpp"

#include <fcntl.h>
#include <string>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>

using namespace plumb;

namespace {

using files = os::native_files;

}  // namespace

TEST_CASE("no program that is started inherits a file of ours") {
    auto opened = files::open("/dev/null", file_mode::update).value();
    auto standard = files::standard(standard_stream::error).value();
    CHECK((::fcntl(opened, F_GETFD) & FD_CLOEXEC));
    CHECK((::fcntl(standard, F_GETFD) & FD_CLOEXEC));
    CHECK(standard > 2);
    files::close(opened);
    files::close(standard);
}

TEST_CASE("a new file may be read and written by whom the umask lets") {
    auto before = ::umask(027);
    std::string path = "/tmp/plumb-mode-" + std::to_string(::getpid());
    files::close(files::open(path, file_mode::create_new).value());
    ::umask(before);
    struct stat about;
    CHECK(::stat(path.c_str(), &about) == 0);
    CHECK((about.st_mode & 0777) == 0640);
    ::unlink(path.c_str());
}

TEST_CASE("what the system refuses is told in its own words") {
    struct { const char* path; file_mode mode; std::errc cause; const char* reason; } rows[] = {
        {"/dev/null/x", file_mode::read, std::errc::not_a_directory, "a file is no folder"},
        {"/tmp", file_mode::create, std::errc::is_a_directory, "a folder is no file"},
        {"/proc/self/status/no", file_mode::read, std::errc::not_a_directory, "nor one of the kernel's"},
        {"/proc/version", file_mode::create_new, std::errc::file_exists, "it is there"},
    };
    for (auto& row : rows) {
        CAPTURE(row.reason);
        auto outcome = files::open(row.path, row.mode);
        REQUIRE_FALSE(outcome);
        CHECK(outcome.error() == row.cause);
    }
    auto full = files::open("/dev/full", file_mode::update).value();
    CHECK(files::write(full, bytes("x")).error() == std::errc::no_space_on_device);
    files::close(full);
}

TEST_CASE("a pipe whose reader has gone is an error and no signal, on new kernels and on old ones") {
    for (auto write : {&files::write, &files::write_without_flag}) {
        int ends[2];
        REQUIRE(::pipe(ends) == 0);
        CHECK(write(ends[1], bytes("heard")).value() == 5);
        ::close(ends[0]);
        CHECK(write(ends[1], bytes("unheard")).error() == error(verb::write, std::errc::broken_pipe));    // a signal would end the test
        ::close(ends[1]);
        sigset_t pending;
        ::sigpending(&pending);
        CHECK(::sigismember(&pending, SIGPIPE) == 0);
    }
}

TEST_CASE("a kernel without the flag is asked once, by a plain file, and spared from then on") {
    auto told = support::in_child([]() -> std::string {
        if (!support::forget_flags(0x100)) return "no seccomp here";
        std::string path = "/tmp/plumb-old-" + std::to_string(::getpid());
        auto opened = files::open(path, file_mode::update).value();
        ::unlink(path.c_str());
        auto null = files::open("/dev/null", file_mode::update).value();
        if (files::write(null, "no file").value() != 7) return "a device is not written";
        if (!os::has_quiet_write.load()) return "a device may refuse for itself";
        if (files::write(opened, "one ").value() != 4 || files::write(opened, "two").value() != 3) return "a file is not written";
        char text[8] = {};
        if (::pread(opened, text, 7, 0) != 7 || std::string(text) != "one two") return text;
        return os::has_quiet_write.load() ? "it is asked again" : "";
    });
    CHECK(told == "");
}

TEST_CASE("every way to write moves the offset") {
    std::string path = "/tmp/plumb-offset-" + std::to_string(::getpid());
    auto opened = files::open(path, file_mode::update).value();
    CHECK(files::write(opened, "one ").value() == 4);
    CHECK(files::write_without_flag(opened, "two").value() == 3);
    char text[8] = {};
    CHECK(::pread(opened, text, sizeof text, 0) == 7);
    CHECK(std::string(text) == "one two");
    files::close(opened);
    ::unlink(path.c_str());
}

TEST_CASE("a reader that goes in the middle of a write ends it with the count, and with no signal") {
    for (auto write : {&files::write, &files::write_without_flag}) {
        int ends[2];
        REQUIRE(::pipe(ends) == 0);
        std::thread reader([from = ends[0]] {
            char some[4096];
            CHECK(::read(from, some, sizeof some) > 0);    // the pipe is full by then or soon: the writer waits
            ::close(from);
        });
        std::string much(1 << 20, 'x');
        auto written = write(ends[1], much);
        reader.join();
        if (written) CHECK(*written < much.size());
        else CHECK(written.error() == std::errc::broken_pipe);
        ::close(ends[1]);
        sigset_t pending;
        ::sigpending(&pending);
        CHECK(::sigismember(&pending, SIGPIPE) == 0);
    }
}
