// SPDX-License-Identifier: BSL-1.0
// g++ says: has no member named 'read'
// clang says: no member named 'read' in 'plumb::.*pipe_writer'
#include <plumb/process.hpp>

using namespace plumb;

void f(pipe_pair& ends, mutable_bytes buffer) {
#ifdef WRONG
    (void)ends.writer.read(buffer);
#else
    (void)ends.reader.read(buffer);
#endif
}
