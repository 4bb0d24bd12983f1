// SPDX-License-Identifier: BSL-1.0
#include "allocations.hpp"

#include <cstddef>
#include <cstdlib>

#if defined(__GLIBC__)
#include <malloc.h>

// The C library's functions by their other names, with a counter before them; operator new ends in malloc.
extern "C" {
void* __libc_malloc(std::size_t);
void* __libc_calloc(std::size_t, std::size_t);
void* __libc_realloc(void*, std::size_t);
void* __libc_memalign(std::size_t, std::size_t);
void __libc_free(void*);
}

namespace {

memory_in_use own{};    // the servers have one thread
memory_in_use* use = &own;

void* taken(void* place) {
    ++use->allocations;
    use->bytes += static_cast<long>(::malloc_usable_size(place));
    return place;
}

void* leaving(void* place) {
    use->bytes -= static_cast<long>(::malloc_usable_size(place));
    return place;
}

}  // namespace

extern "C" {
void* malloc(std::size_t size) noexcept { return taken(__libc_malloc(size)); }
void* calloc(std::size_t number, std::size_t size) noexcept { return taken(__libc_calloc(number, size)); }
void* realloc(void* old, std::size_t size) noexcept { return taken(__libc_realloc(leaving(old), size)); }
void* memalign(std::size_t alignment, std::size_t size) noexcept { return taken(__libc_memalign(alignment, size)); }
void* aligned_alloc(std::size_t alignment, std::size_t size) noexcept { return taken(__libc_memalign(alignment, size)); }
void free(void* place) noexcept { __libc_free(leaving(place)); }
}

long allocations() noexcept { return use->allocations; }

void show_memory_in(memory_in_use* place) noexcept {
    *place = *use;
    use = place;
}

#else

long allocations() noexcept { return -1; }
void show_memory_in(memory_in_use* place) noexcept { *place = {-1, -1}; }

#endif
