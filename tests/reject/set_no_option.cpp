// SPDX-License-Identifier: BSL-1.0
// g++ says: use of deleted function .*set
// clang says: call to deleted member function .set.
#include <plumb/socket.hpp>

using namespace plumb;
using namespace std::chrono_literals;

void set(tcp::socket& stream, result<void>& outcome) {
#ifdef WRONG
    outcome = stream.set(true);
#else
    outcome = stream.set(no_delay{true});
#endif
}
