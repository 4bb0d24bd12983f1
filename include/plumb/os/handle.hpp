// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/os/platform.hpp>

#include <cstdint>

// What the system calls an open socket, pipe or file.

namespace plumb::inline v0_1::os {

#if defined(PLUMB_OS_WINDOWS)
using handle = std::uintptr_t;    // a SOCKET or a HANDLE
using address_length = int;
#else
using handle = int;               // a file descriptor
using address_length = std::uint32_t;
#endif

// The handle that names nothing: -1, INVALID_SOCKET and INVALID_HANDLE_VALUE alike.
inline constexpr handle none = static_cast<handle>(-1);

}  // namespace plumb::os
