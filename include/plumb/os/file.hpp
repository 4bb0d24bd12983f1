// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/core/bytes.hpp>
#include <plumb/os/answer.hpp>
#include <plumb/os/handle.hpp>

#include <concepts>
#include <cstdint>
#include <string_view>

// Files at the height of system calls. One call each, no loop over EINTR.

namespace plumb::inline v0_1 {

// What a file is opened for.
//   read       what is there, from its start
//   create     an empty file to write; what was there is gone
//   create_new an empty file to write; file_exists if there was one
//   append     writes go to its end, whoever else writes; made if missing
//   update     reads and writes what is there; made if missing
enum class file_mode : unsigned char { read, create, create_new, append, update };

// The streams that a program is started with.
enum class standard_stream : unsigned char { input, output, error };

namespace os {

//   open(path, mode)         path is UTF-8 on Windows; a NUL inside is invalid_argument. Never inherited by programs.
//   close(f)
//   expect(f)                wrong_descriptor unless it is a file or a device
//   read(f, bytes)           the bytes read; 0 is the end
//   write(f, bytes)          the bytes written
//   seek(f, offset)          to that many bytes from the start
//   step_back(f, count)      moves to that many bytes before, where there are offsets
//   size(f)                  bytes in the file
//   sync(f)                  waits until what was written is on the medium
//   standard(which)          another handle of the program's own input, output or error output; never one of those three
//   is_terminal(f)           whether a person may sit at the other end
template <class System>
concept file_system = requires(handle file, std::string_view path, file_mode mode, mutable_bytes into, bytes out,
                               std::uint64_t offset, standard_stream which) {
    { System::open(path, mode) } -> std::convertible_to<result<handle>>;
    { System::close(file) } noexcept;
    { System::expect(file) } -> std::same_as<result<void>>;
    { System::read(file, into) } -> std::same_as<result<std::size_t>>;
    { System::write(file, out) } -> std::same_as<result<std::size_t>>;
    { System::seek(file, offset) } -> std::same_as<result<void>>;
    { System::step_back(file, out.size()) } noexcept;
    { System::size(file) } -> std::convertible_to<result<std::uint64_t>>;
    { System::sync(file) } -> std::same_as<result<void>>;
    { System::standard(which) } -> std::convertible_to<result<handle>>;
    { System::is_terminal(file) } noexcept -> std::same_as<bool>;
};

}  // namespace os

}  // namespace plumb

#if defined(PLUMB_OS_WINDOWS)
#include <plumb/os/windows/file.hpp>
#else
#include <plumb/os/posix/file.hpp>
#endif
