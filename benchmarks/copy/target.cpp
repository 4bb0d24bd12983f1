// SPDX-License-Identifier: BSL-1.0
#include "target.hpp"

#include "../support/machine.hpp"
#include "../support/tools.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>

namespace {

[[noreturn]] void fail_with_cause(const std::string& what) { fail(what + ": " + std::strerror(errno)); }

struct ends {
    int writer, reader;
};

ends connect_tcp(const std::string& congestion_control) {
    auto listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), client = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    auto generic = reinterpret_cast<sockaddr*>(&address);
    socklen_t size = sizeof address;
    if (::bind(listener, generic, size) == -1 || ::listen(listener, 1) == -1 || ::getsockname(listener, generic, &size) == -1)
        fail_with_cause("listen");
    if (::setsockopt(client, IPPROTO_TCP, TCP_CONGESTION, congestion_control.data(), static_cast<socklen_t>(congestion_control.size())) == -1)
        fail_with_cause(congestion_control);
    if (::connect(client, generic, size) == -1) fail_with_cause("connect");
    auto server = ::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
    if (server == -1) fail_with_cause("accept");
    ::close(listener);
    return {client, server};
}

ends connect(const copy_case& of) {
    int both[2];
    if (of.target == copy_tcp) return connect_tcp(of.congestion_control);
    if (of.target == copy_pipe) {
        if (::pipe2(both, O_CLOEXEC) == -1) fail_with_cause("pipe");
        return {both[1], both[0]};
    }
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, both) == -1) fail_with_cause("socketpair");
    return {both[0], both[1]};
}

[[noreturn]] void read_all(int from) {
    static char buffer[64 * 1024];
    ssize_t count;
    while ((count = ::read(from, buffer, sizeof buffer)) != 0)
        if (count == -1 && errno != EINTR) ::_exit(1);
    ::_exit(0);
}

}  // namespace

std::vector<copy_case> all_cases() {
    std::vector<copy_case> all;
    std::ifstream known("/proc/sys/net/ipv4/tcp_available_congestion_control");
    for (std::string one; known >> one;)
        if (one != "reno") all.push_back({"tcp/" + one, copy_tcp, one});
    all.push_back({"local", copy_local, {}});
    all.push_back({"pipe", copy_pipe, {}});
    return all;
}

reader::reader(const copy_case& of) {
    auto [writer, read_end] = connect(of);
    way_ = writer;
    process_ = ::fork();
    if (process_ == -1) fail_with_cause("fork");
    if (process_ == 0) {
        ::close(writer);
        stay_on(find_cores().client);
        read_all(read_end);
    }
    ::close(read_end);
}

void reader::end() {
    if (process_ == -1) return;
    ::close(way_);
    int status = 0;
    if (::waitpid(std::exchange(process_, -1), &status, 0) == -1 || status != 0) fail("the reader failed");
}
