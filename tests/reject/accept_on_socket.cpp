// SPDX-License-Identifier: BSL-1.0
// g++ says: has no member named 'accept'
// clang says: no member named 'accept' in 'plumb::.*socket<plumb::.*tcp>'
#include <plumb/socket.hpp>

using namespace plumb;

void f([[maybe_unused]] tcp::socket& peer, [[maybe_unused]] tcp::acceptor& server) {
#ifdef WRONG
    (void)peer.accept();
#else
    (void)server.accept();
#endif
}
