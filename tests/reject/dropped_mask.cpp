// SPDX-License-Identifier: BSL-1.0
// g++ says: ignoring return value of .*block_signals.*nodiscard
// clang says: ignoring return value of function declared with 'nodiscard' attribute
#include <plumb/process.hpp>
using namespace plumb;

void f() {
#ifdef WRONG
    block_signals({signal_number::interrupt});    // would be over at once
#else
    auto held_back = block_signals({signal_number::interrupt});
    (void)held_back;
#endif
}
