// SPDX-License-Identifier: BSL-1.0
// g++ says: socket<plumb::.*udp>'.* has no member named 'read_exact'
// clang says: no member named 'read_exact' in 'plumb::.*socket<plumb::.*udp>'
#include <plumb/socket.hpp>

using namespace plumb;

void f(udp::socket& datagrams, mutable_bytes buffer) {
#ifdef WRONG
    (void)datagrams.read_exact(buffer);
#else
    (void)datagrams.receive(buffer);
#endif
}
