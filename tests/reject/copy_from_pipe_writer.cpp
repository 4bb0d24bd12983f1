// SPDX-License-Identifier: BSL-1.0
// g++ says: no matching function for call to 'copy\(plumb::.*pipe_writer&, plumb::.*pipe_reader&\)'
// clang says: no matching function for call to 'copy'
#include <plumb/process.hpp>
#include <plumb/stream.hpp>

using namespace plumb;

void f(pipe_reader& from, pipe_writer& to) {
#ifdef WRONG
    (void)copy(to, from);
#else
    (void)copy(from, to);
#endif
}
