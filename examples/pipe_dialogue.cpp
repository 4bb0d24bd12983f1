// SPDX-License-Identifier: BSL-1.0
#include <plumb/plumb.hpp>

#include "support/program.hpp"

// Two ways need two pipes: with a single one, whoever reads first takes the data, be it what he said himself. duplex_pipe makes
// the two and hands out ends that talk both ways.

using namespace plumb;

constexpr auto usage =
    "pipe_dialogue\n"
    "Has a child answer each line of stdin with the line turned round, over two pipes.\n";

// The child: turns lines round until there are no more.
result<void> turn_round(duplex_end parent) {
    buffered lines(std::move(parent));
    for (;;) {
        auto line = lines.read_line();
        if (!line && line.error() == condition::end_of_stream) return {};
        if (!line) return failure(line.error());
        if (auto told = lines.write_all({std::string(line->rbegin(), line->rend()), "\n"}); !told) return told;
    }
}

int main(int count, char** words) {
    return program::run(usage, count, words, [](program::arguments& given) {
        given.end();
        auto [ours, theirs] = program::require(duplex_pipe(), "two pipes");
        auto child = program::require(process::fork(turn_round, std::move(theirs)), "a child");

        buffered questions(program::input());
        buffered dialogue(std::move(ours));
        for (;;) {
            auto line = questions.read_line();
            if (!line && line.error() == condition::end_of_stream) break;
            program::require(dialogue.write_all({program::require(line, "stdin"), "\n"}), "the child");
            program::print(std::string(program::require(dialogue.read_line(), "the child")) + "\n");
        }
        dialogue.inner().writer().close();    // the end that the child waits for
        auto status = program::require(child.wait(), "the child");
        if (!status.succeeded()) throw std::runtime_error("the child " + to_string(status));
    });
}
