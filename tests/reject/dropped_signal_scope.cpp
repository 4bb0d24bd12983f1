// SPDX-License-Identifier: BSL-1.0
// g++ says: ignoring return value of .*on_signal.*nodiscard
// clang says: ignoring return value of function declared with 'nodiscard' attribute
#include <plumb/process.hpp>
using namespace plumb;

void f() {
#ifdef WRONG
    on_signal(signal_number::interrupt, [] {});    // would be over at once
#else
    auto handler = on_signal(signal_number::interrupt, [] {});
    (void)handler;
#endif
}
