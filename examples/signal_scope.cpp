// SPDX-License-Identifier: BSL-1.0
#include <plumb/plumb.hpp>

#include "support/program.hpp"

// Handlers for as long as they are wanted. Each function is called by wait(), in the thread that waits, so it may print and
// allocate; the system's own handler does no more than note that a signal came. At the end of each scope what was there before
// is there again: the handler outside, and at last what Ctrl-C does to every program.

using namespace plumb;

constexpr auto usage =
    "signal_scope\n"
    "Answers three times to Ctrl-C, by one handler, by another inside of it, and by the first again. A fourth ends it.\n";

int main(int count, char** words) {
    return program::run(usage, count, words, [](program::arguments& given) {
        given.end();
        {
            auto outer = on_signal(signal_number::interrupt, [] { program::print("the outer handler\n"); }).value();
            program::print("waiting\n");
            outer.wait().value();
            {
                auto inner = on_signal(signal_number::interrupt, [] { program::print("the inner handler\n"); }).value();
                program::print("waiting inside\n");
                inner.wait().value();
            }
            program::print("waiting again\n");
            outer.wait().value();
        }
        program::print("waiting for its end\n");
        sleep_until(forever).value();
    });
}
