// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/os/answer.hpp>
#include <plumb/os/platform.hpp>

#include <cstddef>
#include <type_traits>
#include <utility>

// Memory that a process has in common with the children that it forks. Where there is no fork it is declared only.
//   common_memory<T>::of(count)    so many T, made of zeros. Errors: not_enough_memory.
//   memory[i]                      one of them, in whichever process
//   ~common_memory()               the children keep it for as long as they live

namespace plumb::inline v0_1::os {

template <class T>
class common_memory;

}  // namespace plumb::os

#if !defined(PLUMB_OS_WINDOWS)
#include <plumb/os/posix/common_memory.hpp>
#endif
