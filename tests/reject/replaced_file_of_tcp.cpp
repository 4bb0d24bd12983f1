// SPDX-License-Identifier: BSL-1.0
// says: replace_stale_file is for bind and listen of local sockets, and absent on Windows
#include <plumb/socket.hpp>

using namespace plumb;

void listen(const local_address& at, const endpoint& there, bool& fine) {
#ifdef WRONG
    fine = tcp::listen(there, replace_stale_file{true}).has_value();
    static_cast<void>(at);
#else
    fine = local::stream::listen(at, replace_stale_file{true}).has_value();
    static_cast<void>(there);
#endif
}
