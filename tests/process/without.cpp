// SPDX-License-Identifier: BSL-1.0
// without CALL[,CALL]... PROGRAM WORD...     runs a program in a kernel that does not have those system calls
#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <string_view>
#include <sys/prctl.h>
#include <unistd.h>
#include <vector>

namespace {

struct call {
    std::string_view name;
    unsigned number;    // alike on every machine since Linux 5.3
};
constexpr call known[] = {{"pidfd_send_signal", 424}, {"pidfd_open", 434}, {"close_range", 436}};

// Adds to a filter that calls of that number fail with ENOSYS.
void refuse(std::vector<sock_filter>& filter, unsigned number) {
    filter.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, number, 0, 1));
    filter.push_back(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS));
}

}  // namespace

int main(int count, char** words) {
    if (count < 3) return 2;
    std::vector<sock_filter> filter = {BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr))};
    for (std::string_view rest = words[1]; !rest.empty();) {
        auto name = rest.substr(0, rest.find(','));
        auto before = filter.size();
        for (auto& each : known)
            if (each.name == name) refuse(filter, each.number);
        if (filter.size() == before) return 2;
        rest.remove_prefix(name.size() < rest.size() ? name.size() + 1 : rest.size());
    }
    filter.push_back(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
    sock_fprog program{static_cast<unsigned short>(filter.size()), filter.data()};
    if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return std::perror("no_new_privs"), 2;
    if (::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0) return std::perror("seccomp"), 2;
    ::execv(words[2], words + 2);
    std::perror(words[2]);
    return 2;
}
