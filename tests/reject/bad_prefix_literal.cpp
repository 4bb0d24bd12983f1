// SPDX-License-Identifier: BSL-1.0
// says: not an IP prefix
#include <plumb/address.hpp>

using namespace plumb;

ip_prefix f() {
#ifdef WRONG
    return "10.0.0.1/8"_prefix;
#else
    return "10.0.0.0/8"_prefix;
#endif
}
