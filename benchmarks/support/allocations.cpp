// SPDX-License-Identifier: BSL-1.0
#include "allocations.hpp"

#include <cstddef>
#include <cstdlib>

#if defined(__GLIBC__)

// The C library's functions by their other names, with a counter before them; operator new ends in malloc.
extern "C" {
void* __libc_malloc(std::size_t);
void* __libc_calloc(std::size_t, std::size_t);
void* __libc_realloc(void*, std::size_t);
void* __libc_memalign(std::size_t, std::size_t);
}

namespace {

long count = 0;    // the servers have one thread

}  // namespace

extern "C" {
void* malloc(std::size_t size) noexcept { return ++count, __libc_malloc(size); }
void* calloc(std::size_t number, std::size_t size) noexcept { return ++count, __libc_calloc(number, size); }
void* realloc(void* old, std::size_t size) noexcept { return ++count, __libc_realloc(old, size); }
void* memalign(std::size_t alignment, std::size_t size) noexcept { return ++count, __libc_memalign(alignment, size); }
void* aligned_alloc(std::size_t alignment, std::size_t size) noexcept { return ++count, __libc_memalign(alignment, size); }
}

long allocations() noexcept { return count; }

#else

long allocations() noexcept { return -1; }

#endif
