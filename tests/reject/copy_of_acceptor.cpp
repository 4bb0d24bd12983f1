// SPDX-License-Identifier: BSL-1.0
// g++ says: use of deleted function 'plumb::.*acceptor<plumb::.*tcp>::acceptor\(const plumb::
// clang says: call to implicitly-deleted copy constructor of
#include <plumb/socket.hpp>

using namespace plumb;

void f(tcp::acceptor& server) {
#ifdef WRONG
    auto twin = server;
#else
    auto twin = server.duplicate();
#endif
}
