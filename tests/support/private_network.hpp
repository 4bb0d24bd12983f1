// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <arpa/inet.h>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <string>
#include <string_view>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

// A child process with a network and a set of resolver files of its own: what it looks up is decided here, not by the
// machine that runs the tests. Needs root or user namespaces.

namespace support {

// What the child finds in /etc.
struct name_files {
    std::string hosts;
    std::string resolver = "nameserver 127.0.0.1\noptions timeout:1 attempts:2\n";
};

namespace detail {

inline bool write_file(const char* path, std::string_view text, int flags = 0) {
    auto file = ::open(path, O_WRONLY | O_CLOEXEC | flags, 0644);
    if (file == -1) return false;
    auto written = ::write(file, text.data(), text.size());
    ::close(file);
    return written == static_cast<ssize_t>(text.size());
}

inline bool become_root_of_a_namespace() {
    if (::geteuid() == 0) return ::unshare(CLONE_NEWNS | CLONE_NEWNET) == 0;
    auto user = "0 " + std::to_string(::geteuid()) + " 1", group = "0 " + std::to_string(::getegid()) + " 1";
    return ::unshare(CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWNET) == 0 && write_file("/proc/self/setgroups", "deny") &&
           write_file("/proc/self/uid_map", user) && write_file("/proc/self/gid_map", group);
}

inline bool bring_loopback_up() {
    auto socket = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    ifreq request{};
    std::strcpy(request.ifr_name, "lo");
    request.ifr_flags = IFF_UP | IFF_RUNNING;
    auto done = ::ioctl(socket, SIOCSIFFLAGS, &request) == 0;
    ::close(socket);
    return done;
}

inline bool replace_file(const char* path, std::string_view text) {
    char own[] = "/tmp/plumb-test-XXXXXX";
    auto file = ::mkostemp(own, O_CLOEXEC);
    if (file == -1) return false;
    ::close(file);
    auto done = ::chmod(own, 0644) == 0 && write_file(own, text, O_TRUNC) && ::mount(own, path, nullptr, MS_BIND, nullptr) == 0;
    ::unlink(own);
    return done;
}

// Moves this process into its own network. Null, or the step that was refused.
inline const char* enter(const name_files& files) {
    if (!become_root_of_a_namespace()) return "unshare";
    if (!bring_loopback_up()) return "bringing the loopback interface up";
    if (::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) return "mount";
    if (!replace_file("/etc/hosts", files.hosts)) return "mounting over /etc/hosts";
    if (!replace_file("/etc/resolv.conf", files.resolver)) return "mounting over /etc/resolv.conf";
    if (!replace_file("/etc/nsswitch.conf", "hosts: files dns\nservices: files\n")) return "mounting over /etc/nsswitch.conf";
    return nullptr;
}

}  // namespace detail

// Runs `inside`, which gives a text, in a child process in a network of its own, and gives that text; or how the child
// ended, if not well. Call it before anything starts a thread.
template <class Inside>
std::string in_private_network(const name_files& files, Inside inside) {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) return "no pipe";
    std::fflush(nullptr);
    auto child = ::fork();
    if (child == 0) {
        auto refused = detail::enter(files);
        auto text = refused ? std::string("refused: ") + refused + ": " + std::strerror(errno) : inside();
        for (std::string_view rest = text; !rest.empty();) {
            auto count = ::write(ends[1], rest.data(), rest.size());
            if (count <= 0) break;
            rest.remove_prefix(static_cast<std::size_t>(count));
        }
        std::exit(0);    // with the checks that a sanitizer makes at the end
    }
    ::close(ends[1]);
    std::string text;
    char chunk[4096];
    for (ssize_t count; (count = ::read(ends[0], chunk, sizeof chunk)) > 0;) text.append(chunk, static_cast<std::size_t>(count));
    ::close(ends[0]);
    int status = 0;
    ::waitpid(child, &status, 0);
    if (status != 0) text += "the child ended with wait status " + std::to_string(status);
    return text;
}

// Ends the whole test as skipped, with the reason, where the system allows no network of one's own.
inline void need_private_network() {
    auto answer = in_private_network({}, [] { return std::string("allowed"); });
    if (answer == "allowed") return;
    std::printf("needs a network namespace of its own; %s\n", answer.c_str());
    std::fflush(nullptr);
    std::_Exit(77);
}

}  // namespace support
