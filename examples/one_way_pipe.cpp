// SPDX-License-Identifier: BSL-1.0
#include <plumb/plumb.hpp>

#include "support/program.hpp"

// A pipe goes one way, and its two ends are two types. The child gets the writing end, and has no other descriptor of ours; so
// the parent sees the end of the pipe when the child is through, and not before.

using namespace plumb;

constexpr auto usage =
    "one_way_pipe [WORD...]\n"
    "Has a child say words through a pipe, and prints what its parent hears.\n";

int main(int count, char** words) {
    return program::run(usage, count, words, [](program::arguments& given) {
        std::vector<std::string_view> said;
        while (auto word = given.optional_word()) said.push_back(*word);
        if (said.empty()) said = {"hello", "from", "the", "child"};

        auto [reader, writer] = program::require(pipe(), "a pipe");
        auto speak = [&](pipe_writer out) -> result<void> {
            for (auto word : said)
                if (auto spoken = out.write_all({word, "\n"}); !spoken) return spoken;
            return {};
        };
        auto child = program::require(process::fork(speak, std::move(writer)), "a child");

        buffered heard(std::move(reader));
        for (;;) {
            auto line = heard.read_line();
            if (!line && line.error() == condition::end_of_stream) break;
            program::print("heard " + std::string(program::require(line, "the child")) + "\n");
        }
        program::print("the child " + to_string(program::require(child.wait(), "the child")) + "\n");
    });
}
