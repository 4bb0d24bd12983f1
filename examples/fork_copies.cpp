// SPDX-License-Identifier: BSL-1.0
#include <plumb/plumb.hpp>

#include "support/program.hpp"

// What a child shares with its parent after fork, and what it has a copy of. Variables are copied: what the child makes of
// them nobody else sees. An open file is one and the same: where the child stops to read, the parent goes on.

using namespace plumb;

constexpr auto usage =
    "fork_copies FILE\n"
    "Counts and reads in a child, and tells what its parent sees of that.\n"
    "  FILE    a text of at least two lines\n";

std::string next_line(file& text, std::string_view path) {
    std::string line;
    for (char letter = 0; letter != '\n';) {
        program::require(text.read_exact(std::span(&letter, 1)), path);
        line += letter;
    }
    return line;
}

int main(int count, char** words) {
    return program::run(usage, count, words, [](program::arguments& given) {
        auto path = given.word("FILE");
        given.end();

        auto text = program::require(file::open(path), path);
        auto counter = 1;
        auto child = process::fork({.keep = {text}}, [&] {
            counter += 10;
            program::print("child:  counter " + std::to_string(counter) + ", reads " + next_line(text, path));
        });
        auto status = program::require(program::require(std::move(child), "a child").wait(), "the child");
        if (!status.succeeded()) throw std::runtime_error("the child " + to_string(status));
        program::print("parent: counter " + std::to_string(counter) + ", reads " + next_line(text, path));
    });
}
