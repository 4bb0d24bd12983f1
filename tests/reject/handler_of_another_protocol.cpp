// SPDX-License-Identifier: BSL-1.0
// says: a handler takes the socket of a connection, by value, and may take a stop_token
#include <plumb/serve.hpp>
#include <plumb/socket.hpp>
using namespace plumb;

#ifdef WRONG
void handler(local::stream::socket) {}
#else
void handler(tcp::socket) {}
#endif

void f(tcp::acceptor& server) { (void)serve::sequential(server, handler); }
