// SPDX-License-Identifier: BSL-1.0
#include <plumb/plumb.hpp>

#include "support/program.hpp"

// A child that has ended is kept by the system, as a zombie, until somebody asks how it ended. Here it is looked at before and
// after. plumb never leaves one behind: a `process` that goes collects its child.

using namespace plumb;

constexpr auto usage =
    "zombie\n"
    "Shows the state of a child that has ended, before and after its status is collected.\n";

// The line of /proc that tells a process's state.
std::string state_of(process_id child) {
    auto status = file::open("/proc/" + to_string(child) + "/status");
    if (!status && status.error() == std::errc::no_such_file_or_directory) return "no such process";
    buffered lines(program::require(std::move(status), to_string(child)));
    for (;;) {
        auto line = program::require(lines.read_line(), to_string(child));
        if (line.starts_with("State:")) return std::string(line.substr(line.find_first_not_of("\t ", 6)));
    }
}

int main(int count, char** words) {
    return program::run(usage, count, words, [](program::arguments& given) {
        given.end();
        auto [reader, writer] = program::require(pipe(), "a pipe");
        auto child = program::require(process::fork([](pipe_writer) { return 7; }, std::move(writer)), "a child");
        program::require(reader.read_to_end<std::string>(), "the child");    // the end of the pipe is the child's
        while (state_of(child.id()).front() != 'Z') {}                       // which closes it a moment before it is one

        program::print("ended:     " + state_of(child.id()) + "\n");
        auto status = program::require(child.wait(), "the child");
        program::print("collected: " + state_of(child.id()) + ", it " + to_string(status) + "\n");
    });
}
