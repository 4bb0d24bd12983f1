// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/os/file.hpp>
#include <plumb/os/owner.hpp>
#include <plumb/stream/reader.hpp>
#include <plumb/stream/writer.hpp>

// Files as streams.

namespace plumb::inline v0_1 {

namespace detail {

// Repeats a call for as long as signals interrupt it.
[[nodiscard]] auto retried(auto call) {
    for (;;)
        if (auto outcome = call(); outcome || outcome.error() != std::errc::interrupted) return outcome;
}

}  // namespace detail

// An open file; closed when it goes. Waiting on a disk cannot be bounded: a deadline or a stop is looked at before a call only.
// Threads: one at a time.
class file : public os::owner<os::native_files>, public stream_reader<file>, public stream_writer<file> {
public:
    using system = os::native;

    file() = default;
    using owner::owner;

    // Opens a file by its path.
    // Errors: no_such_file_or_directory, permission_denied, file_exists, is_a_directory, invalid_argument (a NUL in the path).
    // Calls: open(O_CLOEXEC) · CreateFileW.
    [[nodiscard]] static result<file> open(std::string_view path, file_mode mode = file_mode::read) {
        auto opened = detail::retried([&] { return os::native_files::open(path, mode); });
        if (!opened) return failure(opened.error());
        return file(detail::fresh{*opened});
    }

    // Opens another handle of the program's own input, output or error output: standard_stream::input …
    // Errors: bad_file_descriptor when the program was started without it.
    // Calls: fcntl(F_DUPFD_CLOEXEC) · DuplicateHandle.
    [[nodiscard]] static result<file> standard(standard_stream which) {
        auto opened = os::native_files::standard(which);
        if (!opened) return failure(opened.error());
        return file(detail::fresh{*opened});
    }

    // Takes over a descriptor made elsewhere, if it is a file or a device; else it stays the caller's.
    // Errors: condition::wrong_descriptor, bad_file_descriptor. Calls: fstat · GetFileType.
    [[nodiscard]] static result<file> adopt(os::handle found) {
        if (auto outcome = os::native_files::expect(found); !outcome) return failure(outcome.error());
        return file(detail::fresh{found});
    }

    // Reads some bytes from where the last read or write ended; 0 is the end.
    // Calls: read · ReadFile.
    [[nodiscard]] result<std::size_t> read(mutable_bytes into, const limit auto&... limits) {
        if (auto still = admitted(verb::read, limits...); !still) return failure(still.error());
        return detail::retried([&] { return os::native_files::read(handle(), into); });
    }

    // Writes some bytes and says how many.
    // Errors: no_space_on_device, file_too_large.
    // Calls: write · WriteFile.
    [[nodiscard]] result<std::size_t> write(bytes from, const limit auto&... limits) {
        if (auto still = admitted(verb::write, limits...); !still) return failure(still.error());
        return detail::retried([&] { return os::native_files::write(handle(), from); });
    }
    [[nodiscard]] result<std::size_t> write(os::slice<const bytes> from, const limit auto&... limits) {
        for (auto& buffer : from)
            if (!buffer.empty()) return write(buffer, limits...);
        return 0;
    }

    // Moves to an offset, in bytes from the start.
    [[nodiscard]] result<void> seek(std::uint64_t offset) { return os::native_files::seek(handle(), offset); }
    // Makes the last bytes that were read be read again, where what is open has an offset.
    void put_back(bytes back) noexcept { os::native_files::step_back(handle(), back.size()); }
    [[nodiscard]] result<std::uint64_t> size() const { return os::native_files::size(handle()); }
    // Waits until what was written has reached the medium.
    [[nodiscard]] result<void> sync() { return detail::retried([&] { return os::native_files::sync(handle()); }); }

    // Whether a person may sit at the other end.
    // Calls: isatty · GetConsoleMode.
    [[nodiscard]] bool is_terminal() const noexcept { return os::native_files::is_terminal(handle()); }

private:
    [[nodiscard]] static result<void> admitted(verb operation, const limit auto&... limits) {
        if constexpr (sizeof...(limits) == 0) return {};
        else return os::check<system>(operation, os::patience_of<system>(limits...));
    }
};

template <>
struct kernel_stream<file> {
    using system = os::native;
    static constexpr auto kind = os::handle_kind::file;
};

}  // namespace plumb
