// SPDX-License-Identifier: BSL-1.0
// g++ says: 'number' is not a constant expression
// clang says: call to consteval function 'plumb::port::port<int>' is not a constant expression
#include <plumb/address.hpp>

using namespace plumb;

void listen(const endpoint&);

void f(int number) {
#ifdef WRONG
    listen({ipv4_address::any(), number});
#else
    listen({ipv4_address::any(), port::from(number).value()});
#endif
}
