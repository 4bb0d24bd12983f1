// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/socket/protocol.hpp>

#include <utility>

// What all sockets have in common: one owner, options, and addresses at both ends.

namespace plumb::inline v0_1::detail {

// A handle that has just been made, on its way to its owner.
struct fresh {
    os::handle handle;
};

// Owns a handle of a protocol's system. Empty when moved from: every operation on it is bad_file_descriptor then.
template <class P>
class socket_handle {
public:
    using protocol = P;
    using system = typename P::system;
    using endpoint_type = typename P::endpoint_type;

    socket_handle() = default;
    socket_handle(socket_handle&& other) noexcept : handle_(other.release()) {}
    socket_handle& operator=(socket_handle&& other) noexcept {
        if (this != &other) {
            close();
            handle_ = other.release();
        }
        return *this;
    }
    socket_handle(const socket_handle&) = delete;    // a socket has one owner: move it, or say duplicate()
    ~socket_handle() { close(); }

    // Closes both ways. What was written is still sent; what was not read is lost, and then the peer is told by a reset.
    // Threads: nobody may be waiting in this socket: shut it down or request a stop first.
    // Calls: close, once, whatever it says.
    void close() noexcept {
        if (is_open()) system::close(release());
    }
    [[nodiscard]] bool is_open() const noexcept { return handle_ != os::none; }
    [[nodiscard]] os::handle native_handle() const noexcept { return handle_; }
    // Gives the handle away; the caller closes it.
    [[nodiscard]] os::handle release() noexcept { return std::exchange(handle_, os::none); }

    // Gives the address at our end.
    // Calls: getsockname.
    [[nodiscard]] result<endpoint_type> local_endpoint() const {
        return decoded(verb::local_endpoint, system::template local<socket_address<endpoint_type>>(handle_));
    }

    // Sets an option, such as no_delay{true}.
    // Calls: setsockopt.
    template <class Option>
    [[nodiscard]] result<void> set(const Option& option) = delete;    // it is no option that can be set
    template <settable_option Option>
    [[nodiscard]] result<void> set(const Option& option) {
        check_layer<P, Option>();
        return set_option<P>(handle_, option);
    }

    // Reads an option as the kernel has it now: get<no_delay>().
    // Calls: getsockopt.
    template <gettable_option Option>
    [[nodiscard]] result<typename Option::value_type> get() const {
        check_layer<P, Option>();
        return get_option<P, Option>(handle_);
    }

protected:
    explicit socket_handle(fresh made) noexcept : handle_(made.handle) {}

    // The handle where it lies, for verbs that try again.
    [[nodiscard]] const os::handle& handle() const noexcept { return handle_; }

    // Another owner of the same socket, as whoever derives from this.
    template <class Owner>
    [[nodiscard]] result<Owner> duplicated() const {
        auto made = system::duplicate(handle_);
        if (!made) return failure(made.error());
        return Owner(fresh{*made});
    }

    [[nodiscard]] static result<endpoint_type> decoded(verb operation, const result<socket_address<endpoint_type>>& native) {
        if (!native) return failure(native.error());
        auto decoded = from_sockaddr(*native);
        if (!decoded) return failure(decoded.error().during(operation));
        return decoded;
    }

private:
    os::handle handle_ = os::none;
};

}  // namespace plumb::detail
