// SPDX-License-Identifier: BSL-1.0
#include <plumb/plumb.hpp>

#include "support/program.hpp"

// How children end, and how their parent learns it: by a code, by an error or an exception, by a signal, or not yet. There is
// no status before a child has ended, so none can be garbage.

using namespace plumb;
using namespace std::chrono_literals;

constexpr auto usage =
    "exit_status\n"
    "Starts children that end in different ways, and says what each of them came to.\n";

result<void> fail() {
    return failure(verb::connect, std::errc::connection_refused);
}

void tell(std::string_view what, result<process> child) {
    auto status = program::require(program::require(std::move(child), what).wait(), what);
    program::print(std::string(what) + ": " + to_string(status) + "\n");
}

int main(int count, char** words) {
    return program::run(usage, count, words, [](program::arguments& given) {
        given.end();
        tell("nothing to say", process::fork([] {}));
        tell("a code", process::fork([] { return 3; }));
        tell("a code too large", process::fork([] { return 256; }));    // of which C would keep 8 bits: 0
        tell("an error", process::fork(fail));
        tell("an exception", process::fork([] { throw std::runtime_error("thrown in a child"); }));
        tell("a program", process::spawn({"sh", "-c", "exit 42"}));
        tell("a signal of its own", process::spawn({"sh", "-c", "kill -KILL $$"}));

        auto [reader, writer] = program::require(pipe(), "a pipe");
        auto waiting = [](pipe_reader in) { return in.read_to_end<std::string>().has_value(); };
        auto child = program::require(process::fork(waiting, std::move(reader)), "a child");
        auto early = program::require(child.try_wait(), "the child");
        program::print(std::string("one that waits: ") + (early ? "has ended" : "runs") + "\n");
        auto timed = child.wait(within(10ms));
        program::print("one that waits, 10 ms later: " + timed.error().message() + "\n");
        writer.close();
        program::print("one that waits, told the end: " + to_string(program::require(child.wait(), "the child")) + "\n");
    });
}
