// SPDX-License-Identifier: BSL-1.0
// says: a child's function gives nothing, a bool, an int, a process_status, or a result of those
#include <plumb/process.hpp>

using namespace plumb;

void f() {
#ifdef WRONG
    (void)process::fork([] { return std::string("well"); });
#else
    (void)process::fork([] { return 0; });
#endif
}
