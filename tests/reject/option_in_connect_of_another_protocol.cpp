// SPDX-License-Identifier: BSL-1.0
// says: this option belongs to tcp
#include <plumb/socket.hpp>

using namespace plumb;
using namespace std::chrono_literals;

void connect(const endpoint& to, bool& fine) {
#ifdef WRONG
    fine = udp::connect(to, no_delay{true}).has_value();
#else
    fine = tcp::connect(to, no_delay{true}).has_value();
#endif
}
