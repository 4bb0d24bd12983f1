// SPDX-License-Identifier: BSL-1.0
// says: an operation has at most one deadline and one stop token
#include <plumb/socket.hpp>

using namespace plumb;

void read_on(tcp::socket& stream, mutable_bytes into, const stop_token& one, [[maybe_unused]] const stop_token& other,
             result<std::size_t>& outcome) {
#ifdef WRONG
    outcome = stream.read(into, one, other);
#else
    outcome = stream.read(into, one, deadline::never());
#endif
}
