// SPDX-License-Identifier: BSL-1.0
#include "course.hpp"

#include "../support/machine.hpp"
#include "../support/tools.hpp"

#include <algorithm>
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
    if (of.pair == copy_tcp || of.pair == copy_relay) return connect_tcp(of.congestion_control);
    if (of.pair == copy_pipe) {
        if (::pipe2(both, O_CLOEXEC) == -1) fail_with_cause("pipe");
        return {both[1], both[0]};
    }
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, both) == -1) fail_with_cause("socketpair");
    return {both[0], both[1]};
}

void read_all(int from) {
    static char buffer[64 * 1024];
    ssize_t count;
    while ((count = ::read(from, buffer, sizeof buffer)) != 0)
        if (count == -1 && errno != EINTR) fail_with_cause("read");
}

void write_much(int to, double size) {
    static const std::string buffer(64 * 1024, 'x');
    while (size > 0) {
        auto count = ::write(to, buffer.data(), std::min(buffer.size(), static_cast<std::size_t>(size)));
        if (count == -1 && errno != EINTR) fail_with_cause("write");
        if (count > 0) size -= static_cast<double>(count);
    }
}

// A process of its own for one end; the other one is ours.
pid_t start(int its_end, int our_end, auto work) {
    auto process = ::fork();
    if (process == -1) fail_with_cause("fork");
    if (process == 0) {
        ::close(our_end);
        stay_on(find_cores().client);
        work(its_end);
        ::_exit(0);
    }
    ::close(its_end);
    return process;
}

void wait_for(pid_t& process) {
    int status = 0;
    if (process != -1 && (::waitpid(std::exchange(process, -1), &status, 0) == -1 || status != 0)) fail("the other end failed");
}

}  // namespace

std::vector<copy_case> all_cases() {
    std::vector<copy_case> all;
    std::vector<std::string> controls;
    std::ifstream known("/proc/sys/net/ipv4/tcp_available_congestion_control");
    for (std::string one; known >> one;)
        if (one != "reno") controls.push_back(one);
    for (auto& one : controls) all.push_back({"file to tcp/" + one, copy_tcp, one});
    all.push_back({"file to local", copy_local, {}});
    all.push_back({"file to pipe", copy_pipe, {}});
    for (auto& one : controls) all.push_back({"tcp to tcp/" + one, copy_relay, one});
    return all;
}

course::course(const copy_case& of, const source& file) {
    auto [to, read_end] = connect(of);
    to_ = to;
    reader_ = start(read_end, to, read_all);
    if (of.pair == copy_relay) {
        auto [write_end, from] = connect(of);
        from_ = from;
        writer_ = start(write_end, from, [&](int end) { ::close(to), write_much(end, file.size); });
    } else {
        from_ = ::open(file.path.c_str(), O_RDONLY | O_CLOEXEC);
        if (from_ == -1) fail_with_cause(file.path);
    }
}

void course::end() {
    if (from_ == -1) return;
    ::close(std::exchange(from_, -1));
    ::close(to_);
    wait_for(writer_);
    wait_for(reader_);
}
