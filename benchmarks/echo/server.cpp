// SPDX-License-Identifier: BSL-1.0
#include "server.hpp"

#include "allocations.hpp"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <exception>
#include <filesystem>
#include <fcntl.h>
#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>

std::span<const echo_subject* const> subjects() {
    static const echo_subject* const all[] = {&subject_c, &subject_plumb, &subject_asio};
    return {all, subject_asio.tcp ? 3u : 2u};
}

void fail(const std::string& what) {
    std::fprintf(stderr, "echo: %s\n", what.c_str());
    std::exit(1);
}

scratch::scratch() {
    const char* base = std::getenv("TMPDIR");
    path_ = std::string(base && *base ? base : "/tmp") + "/plumb-echo-XXXXXX";
    if (!::mkdtemp(path_.data())) fail("no temporary folder: " + std::string(std::strerror(errno)));
}

scratch::~scratch() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
}

// The cores that this program was given, before it ties itself to one.
static const cpu_set_t& all_cores() {
    static const cpu_set_t all = [] {
        cpu_set_t given;
        CPU_ZERO(&given);
        ::sched_getaffinity(0, sizeof given, &given);
        return given;
    }();
    return all;
}

cores find_cores() {
    const auto& allowed = all_cores();
    cores found{-1, -1};
    for (int core = 0; core < CPU_SETSIZE && found.servers == -1; ++core)
        if (CPU_ISSET(core, &allowed)) (found.client == -1 ? found.client : found.servers) = core;
    if (found.servers == -1) found.servers = found.client;
    return found;
}

void stay_on(int core) {
    cpu_set_t one = all_cores();
    if (core >= 0) {
        CPU_ZERO(&one);
        CPU_SET(core, &one);
    }
    ::sched_setaffinity(0, sizeof one, &one);
}

server::server(const echo_subject& subject, protocol with, const scratch& folder, const std::vector<std::string>& tool)
    : name_(std::string(subject.name) + " " + with.name), with_(with) {
    static std::atomic<int> number = 0;
    auto path = folder / "socket" + std::to_string(++number);
    auto words = tool;
    for (auto word : {std::string("/proc/self/exe"), std::string("--serve"), std::string(subject.name), std::string(with.name), path})
        words.push_back(word);
    if (!tool.empty()) {    // /proc/self would be the tool's
        char self[4096];
        auto size = ::readlink("/proc/self/exe", self, sizeof self);
        if (size == -1) fail("/proc/self/exe: " + std::string(std::strerror(errno)));
        words[tool.size()] = std::string(self, static_cast<std::size_t>(size));
    }
    std::vector<char*> arguments;
    for (auto& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);

    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) == -1) fail("pipe: " + std::string(std::strerror(errno)));
    child_ = ::fork();
    if (child_ == -1) fail("fork: " + std::string(std::strerror(errno)));
    if (child_ == 0) {
        stay_on(tool.empty() ? find_cores().servers : -1);    // a tool's runs are not timed
        ::dup2(ends[1], STDOUT_FILENO);
        ::execvp(arguments[0], arguments.data());
        std::fprintf(stderr, "echo: %s: %s\n", arguments[0], std::strerror(errno));
        ::_exit(127);
    }
    ::close(ends[1]);
    said_ = ends[0];
    unsigned port = 0;
    char line[32] = {};
    if (::read(said_, line, sizeof line - 1) <= 0 || std::sscanf(line, "ready %u", &port) != 1)
        fail(name_ + ": the server did not start");
    client_ = client_connect(with.number, port, path.c_str());
}

server::~server() {
    if (child_ != -1) end();
}

void server::trips(std::size_t size, long count) {
    if (!client_trips(client_, size, count)) fail(name_ + ": " + std::strerror(errno));
}

double server::cpu() const {
    clockid_t clock;
    timespec used;
    if (::clock_getcpuclockid(child_, &clock) != 0 || ::clock_gettime(clock, &used) == -1) return 0;
    return static_cast<double>(used.tv_sec) + static_cast<double>(used.tv_nsec) * 1e-9;
}

long server::end() {
    client_end(with_.number, client_);
    char line[64] = {};
    long count = -1;
    auto size = ::read(said_, line, sizeof line - 1);
    ::close(said_);
    int status = 0;
    auto ended = ::waitpid(std::exchange(child_, -1), &status, 0);
    if (ended == -1 || status != 0 || size <= 0 || std::sscanf(line, "allocations %ld", &count) != 1)
        fail(name_ + ": the server failed");
    return count;
}

// Both lines go straight to the pipe: stdio would ask for memory.
static void say(const char* word, long number) {
    char line[64];
    auto size = std::snprintf(line, sizeof line, "%s %ld\n", word, number);
    if (::write(STDOUT_FILENO, line, static_cast<std::size_t>(size)) == -1) std::exit(1);
}

int serve(const std::string& subject, const std::string& protocol, const char* path) {
    auto ready = [](unsigned port) { say("ready", static_cast<long>(port)); };
    auto found = std::ranges::find_if(subjects(), [&](auto one) { return subject == one->name; });
    if (found == subjects().end()) return 2;
    try {
        if (protocol == "tcp") (*found)->tcp(ready);
        else if (protocol == "udp") (*found)->udp(ready);
        else if (protocol == "local") (*found)->local(ready, path);
        else return 2;
    } catch (const std::exception& error) {
        std::fprintf(stderr, "%s\n", error.what());
        return 1;
    }
    say("allocations", allocations());
    return 0;
}
