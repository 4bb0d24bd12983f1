// SPDX-License-Identifier: BSL-1.0
// g++ says: use of deleted function 'plumb::.*file::file\(const plumb::
// clang says: call to implicitly-deleted copy constructor of '.*file'
#include <plumb/stream.hpp>
#include <utility>
using namespace plumb;

void f(file& open) {
#ifdef WRONG
    auto twin = open;
#else
    auto twin = std::move(open);
#endif
}
