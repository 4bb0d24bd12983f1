// SPDX-License-Identifier: BSL-1.0
// says: this option belongs to tcp
#include <plumb/socket.hpp>

using namespace plumb;
using namespace std::chrono_literals;

void look(tcp::socket& stream, udp::socket& datagrams, result<bool>& outcome) {
#ifdef WRONG
    outcome = datagrams.get<no_delay>();
    static_cast<void>(stream);
#else
    outcome = stream.get<no_delay>();
    static_cast<void>(datagrams);
#endif
}
