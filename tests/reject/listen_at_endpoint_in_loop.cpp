// SPDX-License-Identifier: BSL-1.0
// says: a local protocol takes a local_address, not an endpoint of IP
#include <plumb/loop.hpp>
#include <plumb/socket.hpp>

using namespace plumb;

void f(loop& in, [[maybe_unused]] const local_address& name, [[maybe_unused]] const endpoint& host) {
#ifdef WRONG
    (void)local::stream::listen(in, host);
#else
    (void)local::stream::listen(in, name);
#endif
}
