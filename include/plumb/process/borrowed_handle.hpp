// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/os/handle.hpp>

#include <concepts>
#include <vector>

// How a child recognises a stream of ours, of whichever kind: by its having a native handle.

namespace plumb::inline v0_1 {

// Anything that tells a handle of the system: sockets, pipes, files, and what you make of them.
template <class T>
concept has_native_handle = requires(const T& stream) {
    { stream.native_handle() } -> std::same_as<os::handle>;
};

// The handle of a stream, which stays the stream's own.
class borrowed_handle {
public:
    template <has_native_handle Stream>
    borrowed_handle(const Stream& stream) noexcept : handle_(stream.native_handle()) {}

    [[nodiscard]] os::handle native_handle() const noexcept { return handle_; }

private:
    os::handle handle_;
};

namespace detail {

// Lists the handles of what is handed to a child: of a stream, of the stream inside of another, of the open ones of two that
// are one; of mere data there are none.
template <class T>
void add_handles(std::vector<os::handle>& to, T& given) {
    if constexpr (has_native_handle<T>) {
        to.push_back(given.native_handle());
    } else if constexpr (requires { given.inner(); }) {
        add_handles(to, given.inner());
    } else if constexpr (requires { given.reader(), given.writer(); }) {
        if (given.reader().is_open()) add_handles(to, given.reader());
        if (given.writer().is_open()) add_handles(to, given.writer());
    }
}

}  // namespace detail

}  // namespace plumb
