// SPDX-License-Identifier: BSL-1.0
// g++ says: 'pair' is not a member of 'plumb::.*tcp'
// clang says: no member named 'pair' in 'plumb::(v0_1::)?tcp'
#include <plumb/socket.hpp>

using namespace plumb;

void f() {
#ifdef WRONG
    (void)tcp::pair();
#else
    (void)local::stream::pair();
#endif
}
