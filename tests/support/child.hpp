// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <sys/wait.h>
#include <unistd.h>

// A piece of a test that runs in a process of its own, because it changes what belongs to the whole process.

namespace support {

// Gives what the function, run in a child, returns as text; what is behind it when the child did not end well.
template <class Function>
[[nodiscard]] std::string in_child(Function inside) {
    int ends[2];
    if (::pipe(ends) != 0) return "no pipe";
    std::fflush(nullptr);
    auto child = ::fork();
    if (child == 0) {
        ::close(ends[0]);
        std::string text = inside();
        for (std::string_view rest = text; !rest.empty();) {
            auto count = ::write(ends[1], rest.data(), rest.size());
            if (count <= 0) break;
            rest.remove_prefix(static_cast<std::size_t>(count));
        }
        std::_Exit(0);
    }
    ::close(ends[1]);
    std::string text;
    char chunk[4096];
    for (ssize_t count; (count = ::read(ends[0], chunk, sizeof chunk)) > 0;) text.append(chunk, static_cast<std::size_t>(count));
    ::close(ends[0]);
    int status = 0;
    ::waitpid(child, &status, 0);
    if (status != 0) text += " (wait status " + std::to_string(status) + ")";
    return text;
}

}  // namespace support
