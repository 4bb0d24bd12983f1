// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/os/file.hpp>
#include <plumb/os/windows/handle.hpp>
#include <plumb/os/windows/text.hpp>

namespace plumb::inline v0_1::os {

// As on POSIX, what is open may be opened, renamed and deleted by others.
struct native_files {
    // Calls: CreateFileW.
    [[nodiscard]] static answer<handle> open(std::string_view path, file_mode mode) {
        constexpr struct { DWORD access, disposition; } ways[] = {
            {GENERIC_READ, OPEN_EXISTING}, {GENERIC_WRITE, CREATE_ALWAYS}, {GENERIC_WRITE, CREATE_NEW},
            {FILE_APPEND_DATA | SYNCHRONIZE, OPEN_ALWAYS}, {GENERIC_READ | GENERIC_WRITE, OPEN_ALWAYS},
        };
        if (path.find('\0') != path.npos) return failure(verb::open, std::errc::invalid_argument);
        auto wide = to_wide(verb::open, path);
        if (!wide) return failure(wide.error());
        auto [access, disposition] = ways[static_cast<unsigned char>(mode)];
        auto made = ::CreateFileW(wide->c_str(), access, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, nullptr,
                                  disposition, FILE_ATTRIBUTE_NORMAL, nullptr);
        if (made == INVALID_HANDLE_VALUE) return failure(last_error(verb::open));
        return reinterpret_cast<handle>(made);
    }

    static void close(handle file) noexcept { ::CloseHandle(as_native(file)); }

    // Calls: GetFileType.
    [[nodiscard]] static result<void> expect(handle file) noexcept {
        ::SetLastError(NO_ERROR);
        auto type = ::GetFileType(as_native(file));
        if (type == FILE_TYPE_DISK || type == FILE_TYPE_CHAR) return {};
        if (::GetLastError() != NO_ERROR) return failure(last_error(verb::adopt));
        return failure(verb::adopt, condition::wrong_descriptor);
    }

    // Calls: ReadFile.
    [[nodiscard]] static result<std::size_t> read(handle file, mutable_bytes into) noexcept {
        DWORD count = 0;
        if (::ReadFile(as_native(file), into.data(), clamped(into.size()), &count, nullptr)) return count;
        if (::GetLastError() == ERROR_BROKEN_PIPE) return 0;    // the end of what is a pipe under a file's name
        return failure(last_error(verb::read));
    }

    // Calls: WriteFile.
    [[nodiscard]] static result<std::size_t> write(handle file, bytes from) noexcept {
        DWORD count = 0;
        if (!::WriteFile(as_native(file), from.data(), clamped(from.size()), &count, nullptr))
            return failure(last_error(verb::write));
        return count;
    }

    // Calls: SetFilePointerEx.
    [[nodiscard]] static result<void> seek(handle file, std::uint64_t offset) noexcept {
        LARGE_INTEGER distance;
        distance.QuadPart = static_cast<LONGLONG>(offset);
        return done_or_error(verb::seek, ::SetFilePointerEx(as_native(file), distance, nullptr, FILE_BEGIN));
    }

    static void step_back(handle file, std::size_t count) noexcept {
        LARGE_INTEGER distance;
        distance.QuadPart = -static_cast<LONGLONG>(count);
        ::SetFilePointerEx(as_native(file), distance, nullptr, FILE_CURRENT);
    }

    // Calls: GetFileSizeEx.
    [[nodiscard]] static result<std::uint64_t> size(handle file) noexcept {
        LARGE_INTEGER size;
        if (!::GetFileSizeEx(as_native(file), &size)) return failure(last_error(verb::get));
        return static_cast<std::uint64_t>(size.QuadPart);
    }

    // Calls: FlushFileBuffers.
    [[nodiscard]] static result<void> sync(handle file) noexcept {
        return done_or_error(verb::write, ::FlushFileBuffers(as_native(file)));
    }

    // Calls: GetStdHandle, DuplicateHandle.
    [[nodiscard]] static answer<handle> standard(standard_stream which) noexcept {
        constexpr DWORD numbers[] = {STD_INPUT_HANDLE, STD_OUTPUT_HANDLE, STD_ERROR_HANDLE};
        auto self = ::GetCurrentProcess();
        auto found = ::GetStdHandle(numbers[static_cast<unsigned char>(which)]);
        HANDLE made = nullptr;
        if (found == nullptr) return failure(verb::open, std::errc::bad_file_descriptor);
        if (!::DuplicateHandle(self, found, self, &made, 0, FALSE, DUPLICATE_SAME_ACCESS)) return failure(last_error(verb::open));
        return reinterpret_cast<handle>(made);
    }

    // Calls: GetConsoleMode.
    [[nodiscard]] static bool is_terminal(handle file) noexcept {
        DWORD mode = 0;
        return ::GetConsoleMode(as_native(file), &mode) != 0;
    }
};

}  // namespace plumb::os
