// SPDX-License-Identifier: BSL-1.0
// g++ says: has no member named 'read'
// clang says: no member named 'read' in 'plumb::.*async_acceptor<plumb::.*tcp>'
#include <plumb/loop.hpp>
#include <plumb/socket.hpp>

using namespace plumb;

task<> f(tcp::async_acceptor& server, mutable_bytes buffer) {
#ifdef WRONG
    (void)co_await server.read(buffer);
#else
    (void)co_await (co_await server.accept()).value().read(buffer);
#endif
}
