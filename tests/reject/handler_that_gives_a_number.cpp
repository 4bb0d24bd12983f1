// SPDX-License-Identifier: BSL-1.0
// says: a handler gives nothing, or a result
#include <plumb/serve.hpp>
#include <plumb/socket.hpp>
using namespace plumb;

#ifdef WRONG
int handler(tcp::socket) { return 0; }
#else
result<int> handler(tcp::socket) { return 0; }
#endif

void f(tcp::acceptor& server) { (void)serve::threaded(server, handler); }
