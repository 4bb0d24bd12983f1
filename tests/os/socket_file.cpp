// SPDX-License-Identifier: BSL-1.0
#include <plumb/os/socket_file.hpp>

#include <plumb/os/native.hpp>

#include <doctest/doctest.h>

#include "child.hpp"
#include "folder.hpp"

#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <string>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

using namespace plumb;
using support::folder;

namespace {

using files = os::native_socket_files;

}  // namespace

static_assert(os::socket_file_system<os::native>);

TEST_CASE("a folder is locked against everybody else, and unlocked by closing it, even where a child has it open") {
    folder in;
    auto ours = files::open_folder(in / "socket").value();
    CHECK(::fcntl(ours, F_GETFD) == FD_CLOEXEC);
    auto theirs = files::open_folder(in / "other").value();    // the same one
    CHECK(files::lock_folder(ours).has_value());
    CHECK(files::lock_folder(ours).has_value());
    CHECK(files::lock_folder(theirs).error() == std::errc::resource_unavailable_try_again);
    auto child = ::dup(ours);    // as a fork gives it
    files::close_folder(ours);
    CHECK(files::lock_folder(theirs).has_value());
    CHECK(::fcntl(ours, F_GETFD) == -1);
    ::close(child);
    files::close_folder(theirs);
    CHECK(files::open_folder(in / "missing/socket").error() == std::errc::no_such_file_or_directory);
    std::ofstream(in / "file") << "x";
    CHECK(files::open_folder(in / "file/socket").error() == std::errc::not_a_directory);
}

TEST_CASE("who dies lets go of a folder") {
    folder in;
    auto ours = files::open_folder(in / "socket").value();
    CHECK(support::in_child([&] {
        auto theirs = files::open_folder(in / "socket").value();
        return std::string(files::lock_folder(theirs) ? "locked" : "not");
    }) == "locked");
    CHECK(files::lock_folder(ours).has_value());
    files::close_folder(ours);
}

TEST_CASE("the folder of a mere name is the current one, and that of a name in the root the root") {
    auto inode = [](const char* path) {
        struct stat about{};
        auto opened = files::open_folder(path).value();
        ::fstat(opened, &about);
        files::close_folder(opened);
        return about.st_ino;
    };
    auto expected = [](const char* path) {
        struct stat about{};
        ::stat(path, &about);
        return about.st_ino;
    };
    CHECK(inode("socket") == expected("."));
    CHECK(inode("/socket") == expected("/"));
    CHECK(inode("/tmp/socket") == expected("/tmp"));
}

TEST_CASE("a socket is told from what is none, and from a link to one") {
    folder in;
    sockaddr_un un{};
    un.sun_family = AF_UNIX;
    (in / "socket").copy(un.sun_path, sizeof un.sun_path - 1);
    auto made = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    REQUIRE(::bind(made, reinterpret_cast<sockaddr*>(&un), sizeof un) == 0);
    ::close(made);
    std::ofstream(in / "file") << "x";
    std::filesystem::create_symlink("socket", in / "link");
    CHECK(files::is_socket_file(in / "socket"));
    for (auto name : {"file", "link", "missing", "."}) CHECK_FALSE(files::is_socket_file(in / name));
    CHECK(files::remove_file(in / "socket").has_value());
    CHECK_FALSE(std::filesystem::exists(in / "socket"));
    CHECK(files::remove_file(in / "socket").has_value());    // gone is gone
    CHECK(files::remove_file(in / "file/x").error() == error(verb::bind, std::errc::not_a_directory));
}
