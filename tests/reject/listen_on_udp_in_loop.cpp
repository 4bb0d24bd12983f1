// SPDX-License-Identifier: BSL-1.0
// g++ says: 'listen' is not a member of 'plumb::.*udp'
// clang says: no member named 'listen' in 'plumb::.*udp'
#include <plumb/loop.hpp>
#include <plumb/socket.hpp>

using namespace plumb;

void f(loop& in) {
#ifdef WRONG
    (void)udp::listen(in, {ipv4_address::any(), 7});
#else
    (void)udp::bind(in, {ipv4_address::any(), 7});
#endif
}
