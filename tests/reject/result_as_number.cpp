// SPDX-License-Identifier: BSL-1.0
// g++ says: cannot convert .* to 'long int' in initialization
// clang says: no viable conversion from
#include <plumb/socket.hpp>

using namespace plumb;

std::size_t f(tcp::socket& peer, mutable_bytes buffer) {
#ifdef WRONG
    long size = peer.read(buffer); return size;
#else
    auto size = peer.read(buffer); return size.value_or(0);
#endif
}
