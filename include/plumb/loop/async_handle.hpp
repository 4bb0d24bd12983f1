// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/loop/loop.hpp>
#include <plumb/socket/acceptor.hpp>

#include <utility>

// What all awaitable sockets have in common: a socket, and its place in a loop.

namespace plumb::inline v0_1 {

namespace detail {

// A socket or acceptor attached to a loop. Empty when moved from: every operation on it is bad_file_descriptor then.
// Threads: its loop's. It must not outlive the loop.
template <class Blocking>
class async_handle {
public:
    using protocol = typename Blocking::protocol;
    using system = typename Blocking::system;
    using endpoint_type = typename Blocking::endpoint_type;

    async_handle() = default;
    async_handle(registration& place, Blocking&& owned) noexcept : place_(&place), owned_(std::move(owned)) {}
    async_handle(async_handle&& other) noexcept
        : place_(std::exchange(other.place_, &no_registration())), owned_(std::move(other.owned_)) {}
    async_handle& operator=(async_handle&& other) noexcept {
        if (this == &other) return *this;
        close();
        place_ = std::exchange(other.place_, &no_registration());
        owned_ = std::move(other.owned_);
        return *this;
    }
    ~async_handle() { leave(); }

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

    [[nodiscard]] result<endpoint_type> local_endpoint() const { return owned_.local_endpoint(); }

    // Options, as those of the blocking socket.
    template <class Option>
    [[nodiscard]] result<void> set(const Option& option) { return owned_.set(option); }
    template <class Option>
    [[nodiscard]] auto get() const { return owned_.template get<Option>(); }

protected:
    [[nodiscard]] registration& place() const noexcept { return *place_; }
    [[nodiscard]] Blocking& blocking() noexcept { return owned_; }
    [[nodiscard]] const Blocking& blocking() const noexcept { return owned_; }

private:
    void leave() noexcept {
        if (auto place = std::exchange(place_, &no_registration()); place->loop) place->loop->detach(*place);
    }

    registration* place_ = &no_registration();
    Blocking owned_;
};

// What those have that can have a peer.
template <class P>
class async_peer : public async_handle<socket<P>> {
    using base = async_handle<socket<P>>;

public:
    using base::base;
    using typename base::endpoint_type;

    [[nodiscard]] result<void> bind(const endpoint_type& to) { return this->blocking().bind(to); }
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
