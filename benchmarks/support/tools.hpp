// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <map>
#include <string>
#include <sys/types.h>
#include <vector>

// What a benchmark stands on: its own program started once more, under valgrind or strace if asked, and what those counted.

// Prints what is wrong and ends the program.
[[noreturn]] void fail(const std::string& what);

// A folder that goes when the program ends.
class scratch {
public:
    scratch();
    ~scratch();
    scratch(const scratch&) = delete;
    scratch& operator=(const scratch&) = delete;
    [[nodiscard]] std::string operator/(const std::string& name) const { return path_ + '/' + name; }

private:
    std::string path_;
};

// This program once more in a process of its own, and what it says on its standard output.
struct started {
    pid_t process;
    int said;
};
// Runs on one core; under a tool, whose runs are not timed, on any.
[[nodiscard]] started start_again(const std::vector<std::string>& arguments, int core, const std::vector<std::string>& tool = {});

// Seconds of CPU that a process has used so far.
[[nodiscard]] double cpu_of(pid_t process);

[[nodiscard]] bool has_tool(const std::string& name);

[[nodiscard]] std::vector<std::string> callgrind_into(const std::string& path);
[[nodiscard]] double instructions_in(const std::string& path);
// Ends a program that would not end by itself: what was counted stands in the file whose name has ".1" at its end. A signal
// would wait for the system call that the program sleeps in.
void end_callgrind(pid_t process);

// System calls by name.
[[nodiscard]] std::vector<std::string> strace_into(const std::string& path);
[[nodiscard]] std::map<std::string, double> calls_in(const std::string& path);
