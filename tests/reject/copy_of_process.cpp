// SPDX-License-Identifier: BSL-1.0
// g++ says: use of deleted function 'plumb::.*process::process\(const plumb::.*process&\)'
// clang says: call to deleted constructor of 'process'
#include <plumb/process.hpp>

using namespace plumb;

void f([[maybe_unused]] process& child) {
#ifdef WRONG
    auto twin = child;
#else
    auto moved = std::move(child);
#endif
}
