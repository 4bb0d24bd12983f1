// SPDX-License-Identifier: BSL-1.0
// says: not an IP address
#include <plumb/address.hpp>

using namespace plumb;

ip_address f() {
#ifdef WRONG
    auto address = "256.0.0.1"_ip;               // not an IP address
    return address;
#else
    auto address = "255.0.0.1"_ip;
    return address;
#endif
}
