// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/os/platform.hpp>

// Moving bytes from one handle to another without carrying them through the program. An ability that a system may lack, wholly
// or for a pair of kinds: then they are read and written.
//   transfers(from, to, waiting)             whether it has a way for such a pair; a constant
//   transfer<From, To>(from, to, most, waiting)    the bytes moved, at least one; 0 is the end of `from`. invalid_argument and its
//                                            like where these very two cannot be joined.
//   transfer_guard                           while one lives, transfers of this thread raise no SIGPIPE
//   unwaiting_guard(to)                      while one lives, transfers into a socket do not wait: resource_unavailable_try_again.
//                                            Nor does anything else that is called on it, by whoever holds it

namespace plumb::inline v0_1::os {

// What a handle is of.
enum class handle_kind : unsigned char { file, pipe, socket };

}  // namespace plumb::os

#if defined(PLUMB_OS_WINDOWS)
namespace plumb::inline v0_1::os {
struct native_transfers {};
}  // namespace plumb::os
#else
#include <plumb/os/posix/transfer.hpp>
#endif
