// SPDX-License-Identifier: BSL-1.0
// g++ says: has no member named 'send_to'
// clang says: no member named 'send_to' in 'plumb::.*socket<plumb::.*tcp>'
#include <plumb/socket.hpp>

using namespace plumb;

void f(tcp::socket& peer, const endpoint& to) {
#ifdef WRONG
    (void)peer.send_to("x", to);
#else
    (void)peer.connect(to);
#endif
}
