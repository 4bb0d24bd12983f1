// SPDX-License-Identifier: BSL-1.0
// g++ says: use of deleted function .*async_socket
// clang says: call to implicitly-deleted copy constructor of .*async_socket
#include <plumb/loop.hpp>
#include <plumb/socket.hpp>

using namespace plumb;

tcp::async_socket f(tcp::async_socket& peer) {
#ifdef WRONG
    auto twin = peer;    // it has one owner, and one place in its loop
    return twin;
#else
    auto taken = std::move(peer);
    return taken;
#endif
}
