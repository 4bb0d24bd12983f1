// SPDX-License-Identifier: BSL-1.0
// g++ says: this_part_of_an_address_is_out_of_range
// clang says: call to consteval function 'plumb::detail::part<unsigned char>::part<int>' is not a constant expression
#include <plumb/address.hpp>

using namespace plumb;

ipv4_address f() {
#ifdef WRONG
    return {256, 0, 0, 1};
#else
    return {255, 0, 0, 1};
#endif
}
