// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/os/file.hpp>
#include <plumb/os/posix/failure.hpp>
#include <plumb/os/posix/sigpipe.hpp>

#include <fcntl.h>
#include <string>
#include <sys/stat.h>
#include <unistd.h>

namespace plumb::inline v0_1::os {

struct native_files {
    [[nodiscard]] static answer<handle> open(std::string_view path, file_mode mode) {
        constexpr int flags[] = {O_RDONLY, O_WRONLY | O_CREAT | O_TRUNC, O_WRONLY | O_CREAT | O_EXCL,
                                 O_WRONLY | O_CREAT | O_APPEND, O_RDWR | O_CREAT};
        if (path.find('\0') != path.npos) return failure(verb::open, std::errc::invalid_argument);
        auto made = ::open(std::string(path).c_str(), flags[static_cast<unsigned char>(mode)] | O_CLOEXEC | O_LARGEFILE, 0666);
        if (made == none) return failure(last_error(verb::open));
        return made;
    }

    static void close(handle file) noexcept { ::close(file); }

    // Calls: fstat.
    [[nodiscard]] static result<void> expect(handle file) noexcept {
        struct stat64 about;
        if (::fstat64(file, &about) == -1) return failure(last_error(verb::adopt));
        if (S_ISREG(about.st_mode) || S_ISCHR(about.st_mode) || S_ISBLK(about.st_mode)) return {};
        return failure(verb::adopt, condition::wrong_descriptor);
    }

    [[nodiscard]] static result<std::size_t> read(handle file, mutable_bytes into) noexcept {
        return count_or_error(verb::read, ::read(file, into.data(), into.size()));
    }

    // What is open may be a pipe whose reader has gone; even so there is no SIGPIPE.
    // Calls: pwritev2(RWF_NOSIGNAL); on kernels before 6.18 fstat and write, with the signal held back unless it is a plain file.
    [[nodiscard]] static result<std::size_t> write(handle file, bytes from) noexcept {
        if (has_quiet_write.load()) {
            iovec all{const_cast<std::byte*>(from.data()), from.size()};
            auto count = write_quietly(file, &all, 1);
            if (count >= 0 || errno != EOPNOTSUPP) return count_or_error(verb::write, count);
            if (is_plain(file)) has_quiet_write.store(false);
        }
        return write_without_flag(file, from);
    }

    [[nodiscard]] static result<void> seek(handle file, std::uint64_t offset) noexcept {
        return done_or_error(verb::seek, ::lseek64(file, static_cast<off64_t>(offset), SEEK_SET) == -1 ? -1 : 0);
    }

    static void step_back(handle file, std::size_t count) noexcept { ::lseek64(file, -static_cast<off64_t>(count), SEEK_CUR); }

    [[nodiscard]] static result<std::uint64_t> size(handle file) noexcept {
        struct stat64 about;
        if (::fstat64(file, &about) == -1) return failure(last_error(verb::get));
        return static_cast<std::uint64_t>(about.st_size);
    }

    [[nodiscard]] static result<void> sync(handle file) noexcept { return done_or_error(verb::write, ::fsync(file)); }

    [[nodiscard]] static answer<handle> standard(standard_stream which) noexcept {
        auto made = ::fcntl(static_cast<int>(which), F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
        if (made == none) return failure(last_error(verb::open));
        return made;
    }

    [[nodiscard]] static bool is_terminal(handle file) noexcept { return ::isatty(file) == 1; }

    // The way of older kernels.
    [[nodiscard]] static result<std::size_t> write_without_flag(handle file, bytes from) noexcept {
        auto write_it = [&] { return ::write(file, from.data(), from.size()); };
        return is_plain(file) ? count_or_error(verb::write, write_it()) : without_sigpipe(verb::write, from.size(), write_it);
    }

private:
    // Whether it is a file and nothing else, which raises no SIGPIPE.
    [[nodiscard]] static bool is_plain(handle file) noexcept {
        struct stat64 about;
        return ::fstat64(file, &about) == 0 && S_ISREG(about.st_mode);
    }
};

}  // namespace plumb::os
