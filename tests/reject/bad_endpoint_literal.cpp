// SPDX-License-Identifier: BSL-1.0
// says: not an endpoint
#include <plumb/address.hpp>

using namespace plumb;

endpoint f() {
#ifdef WRONG
    return "[::1]:65536"_endpoint;
#else
    return "[::1]:65535"_endpoint;
#endif
}
