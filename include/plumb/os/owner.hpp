// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/os/handle.hpp>

#include <utility>

// One owner for each handle: the base of everything that is open.

namespace plumb::inline v0_1 {

namespace detail {

// A handle that has just been made, on its way to its owner.
struct fresh {
    os::handle handle;
};

}  // namespace detail

namespace os {

// Owns a handle that System::close closes. Empty when moved from: every operation on it is bad_file_descriptor then.
template <class System>
class owner {
public:
    owner() = default;
    explicit owner(detail::fresh made) noexcept : handle_(made.handle) {}
    owner(owner&& other) noexcept : handle_(other.release()) {}
    owner& operator=(owner&& other) noexcept {
        if (this != &other) {
            close();
            handle_ = other.release();
        }
        return *this;
    }
    owner(const owner&) = delete;    // what is open has one owner: move it, or say duplicate()
    ~owner() { close(); }

    // Calls: close, once, whatever it says.
    void close() noexcept {
        if (is_open()) System::close(release());
    }
    [[nodiscard]] bool is_open() const noexcept { return handle_ != none; }
    [[nodiscard]] os::handle native_handle() const noexcept { return handle_; }
    // Gives the handle away; the caller closes it.
    [[nodiscard]] os::handle release() noexcept { return std::exchange(handle_, none); }

protected:
    // The handle where it lies, for verbs that try again.
    [[nodiscard]] const os::handle& handle() const noexcept { return handle_; }

private:
    os::handle handle_ = none;
};

}  // namespace os

}  // namespace plumb
