// SPDX-License-Identifier: BSL-1.0
// g++ says: ignoring return.* value of .*write_all
// clang says: ignoring return value of function declared with 'nodiscard' attribute
#include <plumb/loop.hpp>
#include <plumb/socket.hpp>

using namespace plumb;

task<> f(tcp::async_socket& peer) {
#ifdef WRONG
    peer.write_all("x");    // nobody awaits it: nothing is written
#else
    (co_await peer.write_all("x")).value();
#endif
    co_return;
}
