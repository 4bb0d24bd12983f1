// SPDX-License-Identifier: BSL-1.0
#include "subjects.hpp"

#include <plumb/process.hpp>

#include <cerrno>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

namespace {

bool by_plumb() {
    auto child = plumb::process::spawn({"/bin/true"});
    if (!child) return false;
    auto status = child->wait();
    return status && status->succeeded();
}

char* words[] = {const_cast<char*>("/bin/true"), nullptr};

bool collect(pid_t child) {
    int status = 0;
    while (::waitpid(child, &status, 0) == -1)
        if (errno != EINTR) return false;
    return status == 0;
}

// As the course teaches it: nothing is told of a failed start, and every descriptor crosses.
bool by_fork_and_exec() {
    auto child = ::fork();
    if (child == 0) {
        ::execve(words[0], words, environ);
        ::_exit(127);
    }
    return child != -1 && collect(child);
}

// With the signals of the child set as ours are, and nothing else.
bool by_posix_spawn() {
    posix_spawnattr_t attributes;
    sigset_t none, every;
    ::sigemptyset(&none);
    ::sigfillset(&every);
    ::posix_spawnattr_init(&attributes);
    ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    ::posix_spawnattr_setsigmask(&attributes, &none);
    ::posix_spawnattr_setsigdefault(&attributes, &every);
    pid_t child;
    auto failed = ::posix_spawn(&child, words[0], nullptr, &attributes, words, environ);
    ::posix_spawnattr_destroy(&attributes);
    return failed == 0 && collect(child);
}

}  // namespace

std::span<const subject> subjects() {
    static constexpr subject all[] = {
        {"plumb", by_plumb}, {"posix_spawn", by_posix_spawn}, {"fork and exec", by_fork_and_exec}, {"Python", nullptr}};
    return all;
}
