// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <bit>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

namespace support {

// Has the kernel say to this process that it is Linux 2.6. False where that cannot be had.
[[nodiscard]] inline bool forget_release() { return ::personality(UNAME26) != -1; }

// Whether a write into a pipe is refused for this flag.
[[nodiscard]] inline bool is_refused(int flag) {
    int ends[2];
    char some[1] = {};
    iovec one{some, 1};
    if (::pipe(ends) != 0) return false;
    auto refused = ::pwritev2(ends[1], &one, 1, -1, flag) == -1 && errno == EOPNOTSUPP;
    for (auto end : ends) ::close(end);
    return refused;
}

// Has the kernel refuse a system call to this process from now on. False where that cannot be had.
[[nodiscard]] inline bool forbid_call(int number, int why) {
    sock_filter program[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, static_cast<std::uint32_t>(number), 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | static_cast<std::uint32_t>(why)),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    sock_fprog whole{std::size(program), program};
    return ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &whole) == 0;
}

// Makes this process one on an older kernel: preadv2 and pwritev2 refuse these flags from now on. False where that cannot be had.
[[nodiscard]] inline bool forget_flags(std::uint32_t flags) {
    // Both have their flags as the sixth argument; the low half of it is enough.
    constexpr auto flag_word = offsetof(seccomp_data, args[5]) + (std::endian::native == std::endian::big ? 4 : 0);
    sock_filter program[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_preadv2, 1, 0),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_pwritev2, 0, 2),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, static_cast<std::uint32_t>(flag_word)),
        BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, flags, 1, 0),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EOPNOTSUPP),
    };
    sock_fprog whole{std::size(program), program};
    if (flags != 0 && ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0) ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &whole);
    for (std::uint32_t bit = 1; bit <= flags; bit <<= 1)
        if ((flags & bit) && !is_refused(static_cast<int>(bit))) return false;
    return true;
}

}  // namespace support
