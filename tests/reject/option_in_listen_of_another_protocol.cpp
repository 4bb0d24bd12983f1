// SPDX-License-Identifier: BSL-1.0
// says: this option belongs to protocols over IPv6
#include <plumb/socket.hpp>

using namespace plumb;
using namespace std::chrono_literals;

void listen(const local_address& at, const endpoint& there, bool& fine) {
#ifdef WRONG
    fine = local::stream::listen(at, v6_only{true}).has_value();
    static_cast<void>(there);
#else
    fine = tcp::listen(there, v6_only{true}).has_value();
    static_cast<void>(at);
#endif
}
