// SPDX-License-Identifier: BSL-1.0
// g++ says: cannot convert 'const char \[8\]' to 'const plumb::.*command&'
// clang says: reference to type 'const command' could not bind to an lvalue of type 'const char\[8\]'
#include <plumb/process.hpp>

using namespace plumb;

void f() {
#ifdef WRONG
    (void)process::spawn("sort -n");    // there is no shell that would take it apart
#else
    (void)process::spawn({"sort", "-n"});
#endif
}
