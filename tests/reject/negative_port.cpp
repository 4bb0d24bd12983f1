// SPDX-License-Identifier: BSL-1.0
// g++ says: a_port_is_a_number_from_0_to_65535
// clang says: call to consteval function 'plumb::port::port<int>' is not a constant expression
#include <plumb/address.hpp>

using namespace plumb;

port f() {
#ifdef WRONG
    return -1;
#else
    return 1;
#endif
}
