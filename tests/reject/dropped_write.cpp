// SPDX-License-Identifier: BSL-1.0
// g++ says: ignoring return value of .*write_all.*\[-Werror=unused-result\]
// clang says: ignoring return value of function declared with 'nodiscard' attribute
#include <plumb/socket.hpp>

using namespace plumb;

void f(tcp::socket& peer) {
#ifdef WRONG
    peer.write_all("x");
#else
    peer.write_all("x").value();
#endif
}
