// SPDX-License-Identifier: BSL-1.0
#include "tools.hpp"

#include "machine.hpp"

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <system_error>
#include <unistd.h>

namespace {

[[noreturn]] void fail_with_cause(const std::string& operation) { fail(operation + ": " + std::strerror(errno)); }

// /proc/self would be the tool's.
std::string own_path() {
    char path[4096];
    auto size = ::readlink("/proc/self/exe", path, sizeof path);
    if (size == -1) fail_with_cause("/proc/self/exe");
    return {path, static_cast<std::size_t>(size)};
}

}  // namespace

void fail(const std::string& what) {
    std::fprintf(stderr, "%s: %s\n", program_invocation_short_name, what.c_str());
    std::exit(1);
}

scratch::scratch() {
    const char* base = std::getenv("TMPDIR");
    path_ = std::string(base && *base ? base : "/tmp") + "/plumb-benchmark-XXXXXX";
    if (!::mkdtemp(path_.data())) fail_with_cause("no temporary folder");
}

scratch::~scratch() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
}

started start_again(const std::vector<std::string>& arguments, int core, const std::vector<std::string>& tool) {
    auto words = tool;
    words.push_back(own_path());
    words.insert(words.end(), arguments.begin(), arguments.end());
    std::vector<char*> pointers;
    for (auto& word : words) pointers.push_back(word.data());
    pointers.push_back(nullptr);
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) == -1) fail_with_cause("pipe");
    auto child = ::fork();
    if (child == -1) fail_with_cause("fork");
    if (child == 0) {
        stay_on(tool.empty() ? core : -1);
        ::dup2(ends[1], STDOUT_FILENO);
        std::signal(SIGPIPE, SIG_DFL);
        ::execvp(pointers[0], pointers.data());
        std::fprintf(stderr, "%s: %s\n", pointers[0], std::strerror(errno));
        ::_exit(127);
    }
    ::close(ends[1]);
    return {child, ends[0]};
}

double cpu_of(pid_t process) {
    clockid_t clock;
    timespec used;
    if (::clock_getcpuclockid(process, &clock) != 0 || ::clock_gettime(clock, &used) == -1) return 0;
    return static_cast<double>(used.tv_sec) + static_cast<double>(used.tv_nsec) * 1e-9;
}

bool has_tool(const std::string& name) {
    const char* path = std::getenv("PATH");
    std::istringstream folders(path ? path : "");
    for (std::string folder; std::getline(folders, folder, ':');)
        if (::access((folder + '/' + name).c_str(), X_OK) == 0) return true;
    return false;
}

std::vector<std::string> callgrind_into(const std::string& path) {
    return {"valgrind", "-q", "--tool=callgrind", "--callgrind-out-file=" + path, "--log-file=" + path + ".log"};
}

// The line "totals: 123456".
double instructions_in(const std::string& path) {
    std::ifstream file(path);
    for (std::string line; std::getline(file, line);)
        if (line.starts_with("totals:")) return std::strtod(line.c_str() + 7, nullptr);
    fail("callgrind counted nothing");
}

void end_callgrind(pid_t process) {
    for (auto command : {"dump", "v.kill"})
        if (std::system(("vgdb --pid=" + std::to_string(process) + ' ' + command + " >/dev/null 2>&1").c_str()) == -1) fail_with_cause("vgdb");
}

std::vector<std::string> strace_into(const std::string& path) { return {"strace", "-f", "-qq", "-o", path}; }

// Lines "1234 recvfrom(4, …" and not "… resumed>".
std::map<std::string, double> calls_in(const std::string& path) {
    std::map<std::string, double> calls;
    std::ifstream file(path);
    for (std::string line; std::getline(file, line);) {
        std::istringstream words(line);
        std::string process, call;
        words >> process >> call;
        if (auto end = call.find('('); end != std::string::npos && end > 0) ++calls[call.substr(0, end)];
    }
    return calls;
}
