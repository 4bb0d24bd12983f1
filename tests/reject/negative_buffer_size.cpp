// SPDX-License-Identifier: BSL-1.0
// g++ says: narrowing conversion of .-1. from .int.
// clang says: evaluates to -1,? which cannot be narrowed
#include <plumb/socket.hpp>

using namespace plumb;
using namespace std::chrono_literals;

void make_room(tcp::socket& stream, result<void>& outcome) {
#ifdef WRONG
    outcome = stream.set(receive_buffer_size{-1});
#else
    outcome = stream.set(receive_buffer_size{4096});
#endif
}
