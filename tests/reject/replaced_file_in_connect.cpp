// SPDX-License-Identifier: BSL-1.0
// says: replace_stale_file is for bind and listen of local sockets, and absent on Windows
#include <plumb/socket.hpp>

using namespace plumb;

void meet(const local_address& at, bool& fine) {
#ifdef WRONG
    fine = local::stream::connect(at, replace_stale_file{true}).has_value();
#else
    fine = local::datagram::bind(at, replace_stale_file{true}).has_value();
#endif
}
