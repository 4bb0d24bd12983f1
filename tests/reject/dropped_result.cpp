// SPDX-License-Identifier: BSL-1.0
// g++ says: ignoring return value of .*\[-Werror=unused-result\]
// clang says: ignoring return value of function declared with 'nodiscard' attribute
#include <plumb/core.hpp>

using namespace plumb;

void f() {
#ifdef WRONG
    failure(verb::bind, std::errc::address_in_use);
#else
    (void)failure(verb::bind, std::errc::address_in_use);
#endif
}
