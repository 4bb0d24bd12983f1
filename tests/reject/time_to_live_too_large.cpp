// SPDX-License-Identifier: BSL-1.0
// g++ says: narrowing conversion of .300. from .int.
// clang says: evaluates to 300,? which cannot be narrowed
#include <plumb/socket.hpp>

using namespace plumb;
using namespace std::chrono_literals;

void travel(udp::socket& datagrams, result<void>& outcome) {
#ifdef WRONG
    outcome = datagrams.set(time_to_live{300});
#else
    outcome = datagrams.set(time_to_live{64});
#endif
}
