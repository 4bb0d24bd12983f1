// SPDX-License-Identifier: BSL-1.0
// says: a protocol over IP takes an endpoint, not the address of a local socket
#include <plumb/loop.hpp>
#include <plumb/socket.hpp>

using namespace plumb;

task<bool> f(loop& in, [[maybe_unused]] const local_address& name, [[maybe_unused]] const endpoint& host) {
#ifdef WRONG
    auto made = co_await tcp::connect(in, name);
#else
    auto made = co_await tcp::connect(in, host);
#endif
    co_return made.has_value();
}
