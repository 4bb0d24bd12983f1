// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/os/handle.hpp>

#include <concepts>

// How what takes any kind of stream recognises one, such as a child that is given it: by its having a native handle.

namespace plumb::inline v0_1 {

// Anything that tells a handle of the system: sockets, pipes, files, and what you make of them.
template <class T>
concept has_native_handle = requires(const T& stream) {
    { stream.native_handle() } -> std::same_as<os::handle>;
};

// The handle of a stream, which stays the stream's own.
class borrowed_handle {
public:
    borrowed_handle() = default;
    template <has_native_handle Stream>
    borrowed_handle(const Stream& stream) noexcept : handle_(stream.native_handle()) {}

    [[nodiscard]] os::handle native_handle() const noexcept { return handle_; }

private:
    os::handle handle_ = os::none;
};

}  // namespace plumb
