// SPDX-License-Identifier: BSL-1.0
#include "ends.h"
#include "subjects.h"

#include <plumb/process/pipe.hpp>

#include <fcntl.h>

// The echo server on plumb.

namespace {

using namespace plumb;

void echo(echo_ready ready, const char* path) {
    make_pipes(path);
    ready(0);
    auto in = pipe_reader::adopt(open_pipe(path, "to", O_RDONLY)).value();
    auto out = pipe_writer::adopt(open_pipe(path, "from", O_WRONLY)).value();
    std::array<std::byte, echo_room> buffer;
    while (auto size = in.read(buffer).value()) out.write_all(bytes(buffer).first(size)).value();
}

}  // namespace

extern "C" const echo_subject subject_plumb = {"plumb", {echo}};
