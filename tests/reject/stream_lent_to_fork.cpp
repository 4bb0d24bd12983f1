// SPDX-License-Identifier: BSL-1.0
// g++ says: use of deleted function 'plumb::.*pipe_reader::pipe_reader\(const plumb::.*pipe_reader&\)'
// clang says: call to implicitly-deleted copy constructor of 'plumb::pipe_reader'
#include <plumb/process.hpp>

using namespace plumb;

void f([[maybe_unused]] pipe_reader& reader) {
#ifdef WRONG
    (void)process::fork([](pipe_reader) {}, reader);
#else
    (void)process::fork([](pipe_reader) {}, std::move(reader));
#endif
}
