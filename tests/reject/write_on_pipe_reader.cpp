// SPDX-License-Identifier: BSL-1.0
// g++ says: has no member named 'write'
// clang says: no member named 'write' in 'plumb::.*pipe_reader'
#include <plumb/process.hpp>

using namespace plumb;

void f(pipe_pair& ends, bytes buffer) {
#ifdef WRONG
    (void)ends.reader.write(buffer);
#else
    (void)ends.writer.write(buffer);
#endif
}
