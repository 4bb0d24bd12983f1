// SPDX-License-Identifier: BSL-1.0
// g++ says: use of deleted function 'plumb::.*signal_reader::signal_reader\(const plumb::
// clang says: call to implicitly-deleted copy constructor of
#include <plumb/process.hpp>
#include <utility>
using namespace plumb;

void f(signal_reader& open) {
#ifdef WRONG
    auto twin = open;
#else
    auto twin = std::move(open);
#endif
}
