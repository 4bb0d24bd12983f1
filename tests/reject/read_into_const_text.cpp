// SPDX-License-Identifier: BSL-1.0
// g++ says: no matching function for call to .*read
// clang says: no matching member function for call to 'read'
#include <plumb/socket.hpp>

using namespace plumb;

void f(tcp::socket& peer) {
#ifdef WRONG
    const char text[] = "fixed"; (void)peer.read(text);
#else
    char text[6]; (void)peer.read(text);
#endif
}
