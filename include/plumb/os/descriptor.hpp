// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/os/file.hpp>
#include <plumb/os/owner.hpp>

namespace plumb::inline v0_1 {

// Something open of which only its owner is known: what came from another process, before it is taken for what it is to be.
// Closed when it goes.
class descriptor : public os::owner<os::native_files> {
public:
    descriptor() = default;
    using owner::owner;

    // Takes it out as what the type says, such as tcp::socket, local::stream::acceptor, pipe_reader or file. It stays in here when
    // it is something else, and is closed with this.
    // Errors: condition::wrong_descriptor, not_a_socket, bad_file_descriptor when it is empty. Calls: those of adopt.
    template <class T>
    [[nodiscard]] result<T> take() {
        auto taken = adopted<T>();
        if (taken) (void)release();
        return taken;
    }

private:
    template <class T>
    [[nodiscard]] result<T> adopted() const {
        if constexpr (requires(os::handle found) { T::adopt(found); }) return T::adopt(native_handle());
        else if constexpr (requires(T& one) { one.accept(); }) return T::protocol::adopt_acceptor(native_handle());
        else return T::protocol::adopt(native_handle());
    }
};

}  // namespace plumb
