// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/os/answer.hpp>
#include <plumb/os/handle.hpp>

#include <concepts>
#include <string_view>

// The files that local sockets are bound to, at the height of system calls. An ability that a system may lack.

namespace plumb::inline v0_1::os {

// A path has no NUL inside.
//   open_folder(path)         the folder that the file of a path is in. No program that is started inherits it.
//   lock_folder(f)            locks it against everybody else who locks it; resource_unavailable_try_again while one has it.
//                             Who dies lets go of it.
//   close_folder(f)           unlocks and closes it
//   is_socket_file(path)      whether the file of a path is a socket, and no link to one
//   remove_file(path)         takes a file away, and is content where there is none
template <class System>
concept socket_file_system = requires(handle folder, std::string_view path) {
    { System::open_folder(path) } -> std::convertible_to<result<handle>>;
    { System::lock_folder(folder) } -> std::same_as<result<void>>;
    { System::close_folder(folder) } noexcept;
    { System::is_socket_file(path) } -> std::same_as<bool>;
    { System::remove_file(path) } -> std::same_as<result<void>>;
};

}  // namespace plumb::os

#if defined(PLUMB_OS_WINDOWS)
namespace plumb::inline v0_1::os {
struct native_socket_files {};
}  // namespace plumb::os
#else
#include <plumb/os/posix/socket_file.hpp>
#endif
