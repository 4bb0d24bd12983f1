// SPDX-License-Identifier: BSL-1.0
#include <plumb/plumb.hpp>

#include "support/program.hpp"

// Collecting children when SIGCHLD tells that some have ended. Signals merge: fifty children that end together may be a single
// one. So each signal means "look at all", never "one has ended". A server of plumb's needs no SIGCHLD: see wait_any.

using namespace plumb;
using namespace std::chrono_literals;

constexpr auto usage =
    "reap_children [--children=N]\n"
    "Starts children that end together, and collects every one of them when SIGCHLD comes.\n"
    "  --children=N    how many (50)\n";

struct sibling {
    process child;
    int code;    // that it will end with
};

// Starts children that wait for the end of a pipe, and lets them all go at once.
std::vector<sibling> started(std::uint32_t children) {
    auto [reader, writer] = program::require(pipe(), "a pipe");
    std::vector<sibling> family;
    for (std::uint32_t i = 0; i < children; ++i) {
        auto code = static_cast<int>(i % 256);
        auto wait = [code](pipe_reader start) { return start.read_to_end<std::string>() ? code : 255; };
        auto start = program::require(reader.duplicate(), "a pipe");
        family.push_back({program::require(process::fork(wait, std::move(start)), "a child"), code});
    }
    return family;    // the writer is closed here
}

// Collects all that have ended, and says how many of them did as they were told.
std::size_t reap(std::vector<sibling>& family) {
    std::size_t right = 0;
    std::erase_if(family, [&](sibling& each) {
        auto status = program::require(each.child.try_wait(), "a child");
        right += status && status->exited() && status->code() == each.code;
        return status.has_value();
    });
    return right;
}

int main(int count, char** words) {
    return program::run(usage, count, words, [](program::arguments& given) {
        auto children = given.number("children", 50);
        given.end();

        std::size_t signals = 0, right = 0;
        auto ended = program::require(on_signal(signal_number::child, [&] { ++signals; }), "SIGCHLD");
        for (auto family = started(children); !family.empty(); right += reap(family))
            program::require(ended.wait(within(30s)), "SIGCHLD");
        program::print("collected " + std::to_string(right) + " of " + std::to_string(children) + " children\n");
        program::say("SIGCHLD was noticed " + std::to_string(signals) + " times");
    });
}
