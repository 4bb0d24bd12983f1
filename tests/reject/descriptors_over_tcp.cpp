// SPDX-License-Identifier: BSL-1.0
// g++ says: has no member named 'send_descriptors'
// clang says: no member named 'send_descriptors' in
#include <plumb/socket.hpp>

using namespace plumb;

void pass(tcp::socket& connection, local::stream::socket& worker, bool& fine) {
#ifdef WRONG
    fine = connection.send_descriptors("x", {worker}).has_value();
#else
    fine = worker.send_descriptors("x", {connection}).has_value();
#endif
}
