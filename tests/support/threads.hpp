// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <dirent.h>
#include <poll.h>
#include <string>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

// How many threads a process has, as the kernel tells it.

namespace support {

namespace detail {

inline int count_tasks(pid_t process) {
    int count = 0;
    auto folder = ::opendir(("/proc/" + std::to_string(process) + "/task").c_str());
    if (!folder) return 0;
    while (auto entry = ::readdir(folder)) count += entry->d_name[0] != '.';
    ::closedir(folder);
    return count;
}

// A sanitizer starts a helper beside a program's first thread: let that be over.
inline bool started_one() {
    pid_t number = 0;
    std::thread([&] { number = ::gettid(); }).join();
    while (::access(("/proc/self/task/" + std::to_string(number)).c_str(), F_OK) == 0) {}    // join returns a little before its end
    return true;
}

}  // namespace detail

inline int count_threads() {
    [[maybe_unused]] static const bool settled = detail::started_one();
    return detail::count_tasks(::getpid());
}

// The most threads that this process has at once while `work` runs, watched by another process.
template <class Work>
int most_threads_during(Work work) {
    int done[2], watching[2];
    if (::pipe(done) != 0 || ::pipe(watching) != 0) return -1;
    auto watched = ::getpid();
    auto watcher = ::fork();
    if (watcher == 0) {
        ::close(done[1]);
        int most = detail::count_tasks(watched);
        (void)!::write(watching[1], "", 1);
        for (pollfd end{done[0], 0, 0}; ::poll(&end, 1, 0) == 0;) most = std::max(most, detail::count_tasks(watched));
        ::_exit(most);    // the watched process has closed its end
    }
    char none;
    (void)!::read(watching[0], &none, 1);
    work();
    for (int end : {done[0], done[1], watching[0], watching[1]}) ::close(end);
    int status = 0;
    ::waitpid(watcher, &status, 0);
    return WEXITSTATUS(status);
}

}  // namespace support
