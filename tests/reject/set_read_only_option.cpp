// SPDX-License-Identifier: BSL-1.0
// g++ says: use of deleted function .*set
// clang says: call to deleted member function .set.
#include <plumb/socket.hpp>

using namespace plumb;
using namespace std::chrono_literals;

void set(tcp::socket& stream, result<bool>& read, result<void>& outcome) {
#ifdef WRONG
    outcome = stream.set(accepting{});
    static_cast<void>(read);
#else
    read = stream.get<accepting>();
    static_cast<void>(outcome);
#endif
}
