// SPDX-License-Identifier: BSL-1.0
// g++ says: use of deleted function 'plumb::.*socket<plumb::.*tcp>::socket\(const plumb::
// clang says: call to implicitly-deleted copy constructor of 'plumb::.*socket|call to implicitly-deleted copy constructor of 'tcp::socket|call to (implicitly-)?deleted (copy )?constructor
#include <plumb/socket.hpp>
#include <utility>
using namespace plumb;

void f(tcp::socket& peer) {
#ifdef WRONG
    auto twin = peer;
#else
    auto twin = std::move(peer);
#endif
}
