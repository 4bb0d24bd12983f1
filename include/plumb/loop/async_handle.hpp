// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/loop/async_connect.hpp>
#include <plumb/loop/loop.hpp>
#include <plumb/socket/acceptor.hpp>

#include <utility>

// What all awaitable sockets have in common: a socket, and its place in a loop.

namespace plumb::inline v0_1 {

namespace detail {

// Something with a handle that is attached to a loop. Empty when moved from: every operation on it is bad_file_descriptor then.
// Threads: its loop's. It must not outlive the loop.
template <class Blocking>
class attached {
public:
    attached() = default;
    attached(registration& place, Blocking&& owned) noexcept : place_(&place), owned_(std::move(owned)) {}
    attached(attached&& other) noexcept : place_(std::exchange(other.place_, &no_registration())), owned_(std::move(other.owned_)) {}
    attached& operator=(attached&& other) noexcept {
        if (this == &other) return *this;
        close();
        place_ = std::exchange(other.place_, &no_registration());
        owned_ = std::move(other.owned_);
        return *this;
    }
    ~attached() { leave(); }

    // Closes it. Operations that wait in it end with condition::cancelled.
    // Calls: epoll_ctl, close.
    void close() noexcept {
        leave();
        owned_.close();
    }
    [[nodiscard]] bool is_open() const noexcept { return owned_.is_open(); }
    [[nodiscard]] os::handle native_handle() const noexcept { return owned_.native_handle(); }
    // Takes it out of its loop. Operations that wait in it end with condition::cancelled.
    [[nodiscard]] Blocking release() noexcept {
        leave();
        return std::move(owned_);
    }

    // Makes another owner of the same handle, outside of any loop: to be given away, or attached to one.
    [[nodiscard]] result<Blocking> duplicate() const { return owned_.duplicate(); }

    // For operations: its place in the loop.
    [[nodiscard]] registration& place() const noexcept { return *place_; }

protected:
    // Gives what has come for it that nobody has asked for: on io_uring the loop takes some of that beforehand.
    void recall(arrivals& ahead) {
        if (place_->loop) place_->loop->driver->recall(*place_, ahead);
    }
    [[nodiscard]] Blocking& blocking() noexcept { return owned_; }
    [[nodiscard]] const Blocking& blocking() const noexcept { return owned_; }

private:
    void leave() noexcept {
        if (auto place = std::exchange(place_, &no_registration()); place->loop) place->loop->detach(*place);
    }

    registration* place_ = &no_registration();
    Blocking owned_;
};

// A socket or acceptor in a loop.
template <class Blocking>
class async_handle : public attached<Blocking> {
public:
    using attached<Blocking>::attached;
    using protocol = typename Blocking::protocol;
    using system = typename Blocking::system;
    using endpoint_type = typename Blocking::endpoint_type;

    [[nodiscard]] result<endpoint_type> local_endpoint() const { return this->blocking().local_endpoint(); }

    // Options, as those of the blocking socket.
    template <class Option>
    [[nodiscard]] result<void> set(const Option& option) { return this->blocking().set(option); }
    template <class Option>
    [[nodiscard]] auto get() const { return this->blocking().template get<Option>(); }
};

// What those have that can have a peer.
template <class P>
class async_peer : public async_handle<socket<P>> {
    using base = async_handle<socket<P>>;

public:
    using base::base;
    using typename base::endpoint_type;

    [[nodiscard]] result<void> bind(const endpoint_type& to) { return this->blocking().bind(to); }
    // Connects an open socket, such as one that was bound first. It must outlive this; one that is closed meanwhile says so. One of
    // datagrams talks to that peer alone from then on, and is told of its errors.
    // Errors: as the blocking one. Calls: connect, ppoll, getsockopt.
    template <limit... Limits>
    [[nodiscard]] auto connect(const endpoint_type& to, Limits... limits) { return connect_attached(*this, to, limits...); }
    [[nodiscard]] result<endpoint_type> peer_endpoint() const { return this->blocking().peer_endpoint(); }
    // Ends one way or both: after direction::write a connected peer sees the end, and can still answer.
    // Calls: shutdown.
    [[nodiscard]] result<void> shutdown(direction half) { return this->blocking().shutdown(half); }
};

}  // namespace detail

template <class P>
result<async_socket<P>> loop::attach(socket<P> owned) {
    auto place = state_.attach(owned.native_handle());
    if (!place) return failure(place.error().during(verb::open));
    return async_socket<P>(**place, std::move(owned));
}

}  // namespace plumb
