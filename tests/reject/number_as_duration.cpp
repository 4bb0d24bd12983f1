// SPDX-License-Identifier: BSL-1.0
// g++ says: could not convert .5. from .int. to .std::chrono::
// clang says: no viable conversion from .int. to .std::chrono::
#include <plumb/socket.hpp>

using namespace plumb;
using namespace std::chrono_literals;

void ask_idle_peers(tcp::socket& stream, result<void>& outcome) {
#ifdef WRONG
    outcome = stream.set(keep_alive_idle{5});
#else
    outcome = stream.set(keep_alive_idle{5s});
#endif
}
