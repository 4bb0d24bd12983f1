// SPDX-License-Identifier: BSL-1.0
// says: not an IP address
#include <plumb/address.hpp>

using namespace plumb;

ip_address f() {
#ifdef WRONG
    return "256.0.0.1"_ip;
#else
    return "255.0.0.1"_ip;
#endif
}
