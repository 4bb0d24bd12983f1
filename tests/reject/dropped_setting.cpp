// SPDX-License-Identifier: BSL-1.0
// g++ says: ignoring return value of .*set.*\[-Werror=unused-result\]
// clang says: ignoring return value of function declared with 'nodiscard' attribute
#include <plumb/socket.hpp>

using namespace plumb;

void f(tcp::socket& peer) {
#ifdef WRONG
    peer.set(no_delay{true});
#else
    peer.set(no_delay{true}).value();
#endif
}
