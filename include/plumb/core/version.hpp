// SPDX-License-Identifier: BSL-1.0
#pragma once

// The version, as major * 10000 + minor * 100 + patch: 0.1.0 is 100.
#define PLUMB_VERSION 100

#if defined(_MSVC_LANG) ? _MSVC_LANG < 202100L : __cplusplus < 202100L
#error "plumb needs C++23: compile with -std=c++23 (g++ 12, clang 19) or /std:c++latest; Meson: add_project_arguments('-std=c++23', language: 'cpp'); CMake: target_compile_features(your_target PRIVATE cxx_std_23)"
#else
#include <version>
#if !defined(__cpp_lib_expected)
#error "plumb needs std::expected, which this compiler and library do not offer together: use g++ 12 or newer, or clang 19 or newer (clang 18 and older hide it from libstdc++)"
#endif
#endif
