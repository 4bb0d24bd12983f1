// SPDX-License-Identifier: BSL-1.0
// g++ says: use of deleted function 'plumb::.*pipe_reader::pipe_reader\(const plumb::
// clang says: call to implicitly-deleted copy constructor of '.*pipe_reader'
#include <plumb/process.hpp>
#include <utility>
using namespace plumb;

void f(pipe_reader& end) {
#ifdef WRONG
    auto twin = end;
#else
    auto twin = std::move(end);
#endif
}
