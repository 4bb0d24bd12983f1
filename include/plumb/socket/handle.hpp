// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/os/owner.hpp>
#include <plumb/socket/protocol.hpp>

// What all sockets have in common: one owner, options, and addresses at both ends.

namespace plumb::inline v0_1::detail {

// Owns a handle of a protocol's system. Empty when moved from: every operation on it is bad_file_descriptor then.
template <class P>
class socket_handle : public os::owner<typename P::system> {
    using base = os::owner<typename P::system>;

public:
    using protocol = P;
    using system = typename P::system;
    using endpoint_type = typename P::endpoint_type;

    socket_handle() = default;
    using base::base;

    // Closes both ways. What was written is still sent; what was not read is lost, and then the peer is told by a reset.
    // Threads: nobody may be waiting in this socket: shut it down or request a stop first.
    // Calls: close, once, whatever it says.
    using base::close;

    // Gives the address at our end.
    // Calls: getsockname.
    [[nodiscard]] result<endpoint_type> local_endpoint() const {
        return decoded(verb::local_endpoint, system::template local<socket_address<endpoint_type>>(this->native_handle()));
    }

    // Sets an option, such as no_delay{true}.
    // Calls: setsockopt.
    template <class Option>
    [[nodiscard]] result<void> set(const Option& option) = delete;    // it is no option that can be set
    template <settable_option Option>
    [[nodiscard]] result<void> set(const Option& option) {
        check_layer<P, Option>();
        return set_option<P>(this->native_handle(), option);
    }

    // Reads an option as the kernel has it now: get<no_delay>().
    // Calls: getsockopt.
    template <gettable_option Option>
    [[nodiscard]] result<typename Option::value_type> get() const {
        check_layer<P, Option>();
        return get_option<P, Option>(this->native_handle());
    }

protected:
    // Another owner of the same socket, as whoever derives from this.
    template <class Owner>
    [[nodiscard]] result<Owner> duplicated() const {
        auto made = system::duplicate(this->native_handle());
        if (!made) return failure(made.error());
        return Owner(fresh{*made});
    }

    [[nodiscard]] static result<endpoint_type> decoded(verb operation, const result<socket_address<endpoint_type>>& native) {
        if (!native) return failure(native.error());
        auto decoded = from_sockaddr(*native);
        if (!decoded) return failure(decoded.error().during(operation));
        return decoded;
    }
};

}  // namespace plumb::detail
