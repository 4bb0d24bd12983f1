// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/os/posix/failure.hpp>
#include <plumb/os/socket_file.hpp>

#include <fcntl.h>
#include <string>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace plumb::inline v0_1::os {

struct native_socket_files {
    // Calls: open(O_DIRECTORY).
    [[nodiscard]] static answer<handle> open_folder(std::string_view path) {
        auto folder = path.substr(0, path.rfind('/') + 1);
        auto made = ::open(folder.empty() ? "." : std::string(folder).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (made == none) return failure(last_error(verb::open));
        return made;
    }

    // Calls: flock(LOCK_EX | LOCK_NB).
    [[nodiscard]] static result<void> lock_folder(handle folder) noexcept {
        return done_or_error(verb::open, ::flock(folder, LOCK_EX | LOCK_NB));
    }

    // A child that was forked meanwhile has the folder open too, so closing it here would not unlock it.
    // Calls: flock(LOCK_UN), close.
    static void close_folder(handle folder) noexcept {
        ::flock(folder, LOCK_UN);
        ::close(folder);
    }

    // Calls: lstat.
    [[nodiscard]] static bool is_socket_file(std::string_view path) {
        struct stat64 about;
        return ::lstat64(std::string(path).c_str(), &about) == 0 && S_ISSOCK(about.st_mode);
    }

    // Calls: unlink.
    [[nodiscard]] static result<void> remove_file(std::string_view path) {
        if (::unlink(std::string(path).c_str()) == -1 && errno != ENOENT) return failure(last_error(verb::bind));
        return {};
    }
};

}  // namespace plumb::os
