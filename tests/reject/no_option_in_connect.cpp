// SPDX-License-Identifier: BSL-1.0
// says: after the address come a deadline, a stop token and options, and nothing else
#include <plumb/socket.hpp>

using namespace plumb;
using namespace std::chrono_literals;

void connect(const endpoint& to, bool& fine) {
#ifdef WRONG
    fine = tcp::connect(to, 5).has_value();
#else
    fine = tcp::connect(to, within(5s)).has_value();
#endif
}
