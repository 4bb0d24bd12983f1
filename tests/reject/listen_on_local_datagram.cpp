// SPDX-License-Identifier: BSL-1.0
// g++ says: 'listen' is not a member of 'plumb::.*local::datagram'
// clang says: no member named 'listen' in 'plumb::(v0_1::)?local::datagram'
#include <plumb/socket.hpp>

using namespace plumb;

void f(const local_address& at) {
#ifdef WRONG
    (void)local::datagram::listen(at);
#else
    (void)local::stream::listen(at);
#endif
}
