// SPDX-License-Identifier: BSL-1.0
// g++ says: has no member named 'read'
// clang says: no member named 'read' in 'plumb::.*acceptor<plumb::.*tcp>'
#include <plumb/socket.hpp>

using namespace plumb;

void f(tcp::acceptor& server, mutable_bytes buffer) {
#ifdef WRONG
    (void)server.read(buffer);
#else
    (void)server.accept().value().read(buffer);
#endif
}
