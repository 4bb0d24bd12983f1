// SPDX-License-Identifier: BSL-1.0
#include "server.hpp"

#include "../support/machine.hpp"
#include "load.h"

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace {

constexpr const evented_subject* all[] = {
    &subject_c_epoll,         &subject_c_uring, &subject_plumb_epoll, &subject_plumb_uring, &subject_plumb_poll, &subject_asio_callbacks,
    &subject_asio_coroutines, &subject_libuv};

memory_in_use* map(int file) {
    auto place = ::mmap(nullptr, sizeof(memory_in_use), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (place == MAP_FAILED) fail("mmap");
    return static_cast<memory_in_use*>(place);
}

}  // namespace

std::span<const evented_subject* const> all_subjects() { return all; }

std::span<const evented_subject* const> subjects() {
    static const auto installed = [] {
        std::vector<const evented_subject*> found;
        for (auto one : all)
            if (one->serve && ((one != &subject_c_uring && one != &subject_plumb_uring) || uring_possible())) found.push_back(one);
        return found;
    }();
    return installed;
}

server::server(const evented_subject& subject, const std::vector<std::string>& tool) {
    auto file = ::memfd_create("memory in use", 0);    // inherited
    if (file == -1 || ::ftruncate(file, sizeof(memory_in_use)) == -1) fail("memfd_create");
    memory_ = map(file);
    auto [child, said] = start_again({"--serve", subject.name, std::to_string(file)}, find_cores().servers, tool);
    ::close(file);
    child_ = child;
    char line[64] = {};
    if (::read(said, line, sizeof line - 1) <= 0 || std::sscanf(line, "ready %u in %d", &port_, &process_) != 2)
        fail(std::string(subject.name) + ": the server did not start");
    ::close(said);
}

// Gently, so that a tool can write down what it counted.
server::~server() {
    ::kill(process_, SIGTERM);
    int status;
    ::waitpid(child_, &status, 0);
    ::munmap(memory_, sizeof *memory_);
}

long server::resident() const {
    std::ifstream file("/proc/" + std::to_string(process_) + "/statm");
    long size = 0, pages = 0;
    file >> size >> pages;
    return pages * ::sysconf(_SC_PAGESIZE);
}

int serve(const std::string& subject, const std::string& memory) {
    auto found = std::ranges::find_if(subjects(), [&](auto one) { return subject == one->name; });
    if (found == subjects().end()) return 2;
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    auto file = std::atoi(memory.c_str());
    show_memory_in(map(file));
    ::close(file);
    auto ready = [](unsigned port) {
        char line[64];    // straight to the pipe: stdio would ask for memory
        auto size = std::snprintf(line, sizeof line, "ready %u in %d\n", port, ::getpid());
        if (::write(STDOUT_FILENO, line, static_cast<std::size_t>(size)) == -1) std::exit(1);
        ::close(STDOUT_FILENO);
    };
    try {
        (*found)->serve(ready);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "%s: %s\n", subject.c_str(), error.what());
    }
    return 1;
}
