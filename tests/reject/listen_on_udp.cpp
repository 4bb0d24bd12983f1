// SPDX-License-Identifier: BSL-1.0
// g++ says: 'listen' is not a member of 'plumb::.*udp'
// clang says: no member named 'listen' in 'plumb::(v0_1::)?udp'
#include <plumb/socket.hpp>

using namespace plumb;

void f() {
#ifdef WRONG
    udp::listen({ipv4_address::any(), 7777});    // a datagram protocol has no connections to listen for
#else
    (void)udp::bind({ipv4_address::any(), 7});
#endif
}
