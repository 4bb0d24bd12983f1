// SPDX-License-Identifier: BSL-1.0
// says: this option belongs to udp
#include <plumb/socket.hpp>

using namespace plumb;
using namespace std::chrono_literals;

void limit_hops(tcp::socket& stream, udp::socket& datagrams, result<void>& outcome) {
#ifdef WRONG
    stream.set(multicast_ttl{1}).value();        // this option belongs to udp
    static_cast<void>(datagrams), static_cast<void>(outcome);
#else
    outcome = datagrams.set(multicast_ttl{1});
    static_cast<void>(stream);
#endif
}
