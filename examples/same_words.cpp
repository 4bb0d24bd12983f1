// SPDX-License-Identifier: BSL-1.0
#include <plumb/plumb.hpp>

#include "support/program.hpp"

// A connection, a pipe and a child's output read in the same words: one function takes each of them.

using namespace plumb;

constexpr auto usage =
    "same_words\n"
    "Counts the lines that come over a connection, through a pipe, and from a program, all by one function.\n";

// Counts the lines of any stream, and says so.
void count_lines(std::string_view what, readable_stream auto& from) {
    auto text = program::require(from.template read_to_end<std::string>(), what);
    program::print(std::string(what) + ": " + std::to_string(std::ranges::count(text, '\n')) + " lines\n");
}

int main(int count, char** words) {
    return program::run(usage, count, words, [](program::arguments& given) {
        given.end();

        auto server = program::require(tcp::listen({ipv4_address::loopback(), 0}), "loopback");
        auto client = program::require(tcp::connect(server.local_endpoint().value()), "loopback");
        program::require(client.write_all("one\ntwo\n"), "a connection");
        program::require(client.shutdown(direction::write), "a connection");
        auto peer = program::require(server.accept(), "a connection");
        count_lines("a connection", peer);

        auto [reader, writer] = program::require(pipe(), "a pipe");
        program::require(writer.write_all("one\ntwo\nthree\n"), "a pipe");
        writer.close();
        count_lines("a pipe", reader);

        auto child = program::require(process::spawn({"printf", "one\\n%.0s", "1", "2", "3", "4"}, {.output = redirect::pipe}), "printf");
        count_lines("a program", child.output());
        auto status = program::require(child.wait(), "printf");
        if (!status.succeeded()) throw std::runtime_error("printf " + to_string(status));
    });
}
