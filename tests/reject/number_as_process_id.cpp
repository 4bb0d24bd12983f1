// SPDX-License-Identifier: BSL-1.0
// g++ says: is private within this context
// clang says: calling a private constructor of class 'plumb::process_id'
#include <plumb/process.hpp>

using namespace plumb;

void f() {
#ifdef WRONG
    process_id everybody(0u);
#else
    auto one = process_id::from(1);
    (void)one;
#endif
}
