// SPDX-License-Identifier: BSL-1.0
// says: a protocol over IP takes an endpoint, not the address of a local socket
#include <plumb/socket.hpp>

using namespace plumb;

void f([[maybe_unused]] const local_address& name, [[maybe_unused]] const endpoint& host) {
#ifdef WRONG
    (void)tcp::listen(name);
#else
    (void)tcp::listen(host);
#endif
}
