// SPDX-License-Identifier: BSL-1.0
// says: a handler takes the async_socket of a connection, by value
#include <plumb/loop.hpp>
#include <plumb/serve/evented.hpp>
#include <plumb/socket.hpp>

using namespace plumb;

#ifdef WRONG
task<> handler(tcp::socket) { co_return; }
#else
task<> handler(tcp::async_socket) { co_return; }
#endif

task<> f(loop& in, tcp::async_acceptor& server) { (void)co_await serve::evented(in, server, handler); }
