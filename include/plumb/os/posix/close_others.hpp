// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/os/posix/channel.hpp>
#include <plumb/os/slice.hpp>

#include <dirent.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

// What a child does with the descriptors that it was not given. Nothing here allocates or locks: the child may share its
// parent's memory, or be a copy of one whose other threads held every lock.

namespace plumb::inline v0_1::os {

[[nodiscard]] inline bool is_listed(slice<const handle> list, handle one) noexcept {
    for (auto each : list)
        if (each == one) return true;
    return false;
}

// The way of kernels before 5.9: the ones that /proc lists; where nothing can be opened, every number that there may be.
inline void close_one_by_one(slice<const handle> keep) noexcept {
    auto close_unkept = [&](handle one) {
        if (one >= first_beyond_standard && !is_listed(keep, one)) ::close(one);
    };
    auto folder = ::open("/proc/self/fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder == none) {
        rlimit limit{};
        ::getrlimit(RLIMIT_NOFILE, &limit);
        constexpr rlim_t most = 1 << 20;
        for (rlim_t one = 0; one < limit.rlim_cur && one < most; ++one) close_unkept(static_cast<handle>(one));
        folder = ::open("/proc/self/fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC);    // what is beyond a limit that was lowered
        if (folder == none) return;
    }
    alignas(dirent64) char entries[4096];
    for (ssize_t size; (size = ::getdents64(folder, entries, sizeof entries)) > 0;)
        for (auto at = entries; at < entries + size;) {
            auto entry = reinterpret_cast<const dirent64*>(at);
            at += entry->d_reclen;
            handle one = 0;
            for (auto digit = entry->d_name; *digit >= '0' && *digit <= '9'; ++digit) one = one * 10 + (*digit - '0');
            if (one != folder) close_unkept(one);
        }
    ::close(folder);
}

// Closes every descriptor beyond the standard ones but those of a list, which is sorted.
// Calls: close_range, once for each gap.
inline void close_others(slice<const handle> keep) noexcept {
    constexpr long close_range = 436;    // Linux 5.9
    auto from = static_cast<unsigned>(first_beyond_standard);
    auto close_to = [&](unsigned last) { return last < from || ::syscall(close_range, from, last, 0) == 0; };
    for (auto each : keep) {
        auto kept = static_cast<unsigned>(each);
        if (!close_to(kept - 1)) return close_one_by_one(keep);
        from = kept + 1;
    }
    if (!close_to(~0u)) close_one_by_one(keep);
}

}  // namespace plumb::os
