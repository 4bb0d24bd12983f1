// SPDX-License-Identifier: BSL-1.0
// g++ says: has no member named 'write_all'
// clang says: no member named 'write_all' in 'plumb::.*acceptor<plumb::.*stream>'
#include <plumb/socket.hpp>

using namespace plumb;

void f(local::stream::acceptor& server) {
#ifdef WRONG
    (void)server.write_all("x");
#else
    (void)server.accept().value().write_all("x");
#endif
}
