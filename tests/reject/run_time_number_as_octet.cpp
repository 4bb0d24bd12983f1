// SPDX-License-Identifier: BSL-1.0
// g++ says: 'number' is not a constant expression
// clang says: call to consteval function 'plumb::detail::part<unsigned char>::part<int>' is not a constant expression
#include <plumb/address.hpp>

using namespace plumb;

ipv4_address f(int number) {
#ifdef WRONG
    return {10, 0, 0, number};
#else
    return {10, 0, 0, static_cast<std::uint8_t>(number)};
#endif
}
