// SPDX-License-Identifier: BSL-1.0
// g++ says: use of deleted function .*descriptor\(const .*descriptor&\)
// clang says: call to implicitly-deleted copy constructor of 'descriptor'
#include <plumb/socket.hpp>

#include <utility>

using namespace plumb;

void keep(descriptor& came) {
#ifdef WRONG
    descriptor twin = came;
#else
    descriptor twin = std::move(came);
#endif
    twin.close();
}
