// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/core/version.hpp>

// The one place that asks which system this is. The contracts of os/ choose their implementation by what it says.

#if defined(_WIN32)
#define PLUMB_OS_WINDOWS 1
#elif defined(__linux__)
#include <features.h>
#if !defined(__GLIBC__)
#error "plumb does not know this C library yet: it runs on Linux with glibc and on Windows (musl is planned)"
#endif
#define PLUMB_OS_LINUX 1
#else
#error "plumb does not know this system yet: it runs on Linux with glibc and on Windows (macOS and BSD are planned)"
#endif
