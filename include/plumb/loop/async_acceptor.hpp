// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/loop/async_message.hpp>
#include <plumb/loop/async_stream.hpp>

#include <utility>
#include <vector>

// The awaitable acceptor: tcp::async_acceptor.

namespace plumb::inline v0_1 {

template <class P>
struct async_accepted {
    async_socket<P> socket;
    socket_address<typename P::endpoint_type> peer;
};

// An acceptor that has left its loop.
template <class P>
struct released_acceptor {
    plumb::acceptor<P> acceptor;
    std::vector<socket<P>> ahead;    // connections that the loop had accepted and nobody had asked for
};

namespace detail {

// Accepts one connection.
template <class P, bool Tells, limit... Limits>
class acceptance final : public awaitable<acceptance<P, Tells, Limits...>, typename P::system, Limits...> {
    using base = awaitable<acceptance, typename P::system, Limits...>;
    // An acceptor of local addresses that was shut down refuses for ever, as one does to which nobody comes: it is to be looked at.
    // io_uring never tells of that end, so nothing is accepted ahead there either.
    static constexpr bool is_mute = std::same_as<typename P::endpoint_type, local_address>;

public:
    acceptance(registration& target, const Limits&... limits) : base(target, limits...) {}
    [[nodiscard]] static constexpr os::interest awaits() noexcept { return os::interest::readable; }

    bool attempt() noexcept override {
        for (;;) {
            auto made = accept_once<P>(this->target().handle, os::waiting::no, Tells ? &peer_ : nullptr);
            if (!made && made.error() == std::errc::interrupted) continue;
            auto nobody = !made && made.error() == std::errc::resource_unavailable_try_again;
            if (nobody && !(is_mute && is_shut_down<P>(this->target().handle))) return this->refused();
            if (made) made_ = socket<P>(fresh{*made});
            else if (!nobody) give_up(made.error());
            return true;
        }
    }
    [[nodiscard]] request wanted() const noexcept override {
        return {!Tells && !is_mute && std::same_as<typename P::system, os::native> ? request::kind::accept : request::kind::ready};
    }
    bool complete(result<std::size_t> made, lent_part) noexcept override {
        if (made) take(static_cast<os::handle>(*made));
        else if (broke_before(made.error())) return false;
        else give_up(made.error() == std::errc::invalid_argument ? error(verb::accept, condition::cancelled) : made.error());
        return true;
    }
    void give_up(error cause) noexcept override { cause_ = cause.during(verb::accept); }

    [[nodiscard]] auto outcome() noexcept -> result<std::conditional_t<Tells, async_accepted<P>, async_socket<P>>> {
        if (!made_.is_open() || this->target().handle == os::none) return failure(cause_);    // closed since
        auto place = this->target().loop->attach(made_.native_handle());
        if (!place) return failure(place.error().during(verb::accept));
        async_socket<P> attached(**place, std::move(made_));
        if constexpr (Tells) return async_accepted<P>{std::move(attached), peer_};
        else return attached;
    }

private:
    // One that the system has accepted ahead, for who did not ask whom it is from.
    void take(os::handle made) noexcept {
        made_ = socket<P>(fresh{made});
        if constexpr (Tells)
            if (auto from = P::system::template remote<decltype(peer_)>(made)) peer_ = *from;
    }

    socket<P> made_;
    error cause_{verb::accept, condition::cancelled};
    socket_address<typename P::endpoint_type> peer_;
};

}  // namespace detail

// A socket that listens, in a loop.
// Threads: its loop's. Any number of coroutines may accept.
template <class P>
class async_acceptor : public detail::async_handle<acceptor<P>> {
    using base = detail::async_handle<acceptor<P>>;

public:
    using base::base;

    // Waits for the next connection. Connections that broke before they were accepted are passed over.
    // Errors: too_many_files_open (the connection stays in the queue: close something, or wait, before trying again),
    // not_enough_memory and, of epoll's watches, no_space_on_device (the connection is closed), condition::cancelled also when the acceptor was shut down or closed.
    // Calls: accept4(SOCK_CLOEXEC), epoll_ctl; on a local acceptor to which nobody comes ppoll, for its end.
    template <limit... Limits>
    [[nodiscard]] auto accept(const Limits&... limits) noexcept {
        return detail::acceptance<P, false, Limits...>(this->place(), limits...);
    }
    // The same, and whom it is from: known even when the peer has already gone, unless others accept here without asking.
    template <limit... Limits>
    [[nodiscard]] auto accept_from(const Limits&... limits) noexcept {
        return detail::acceptance<P, true, Limits...>(this->place(), limits...);
    }

    // Takes it out of its loop, with the connections that were accepted ahead; on epoll and poll there are none. Who waits in accept
    // gets condition::cancelled.
    // Calls: epoll_ctl · io_uring_enter.
    [[nodiscard]] released_acceptor<P> release() {
        released_acceptor<P> gone;
        detail::arrivals came;
        this->recall(came);
        gone.ahead.reserve(came.handles.size());
        for (auto each : came.handles) gone.ahead.emplace_back(detail::fresh{each});
        came.handles.clear();
        gone.acceptor = base::release();
        return gone;
    }

    // Ends listening: who waits in accept gets condition::cancelled. Not on Windows, as for acceptor.
    // Calls: shutdown.
    [[nodiscard]] result<void> shutdown() { return this->blocking().shutdown(); }
};

template <class P>
result<async_acceptor<P>> loop::attach(acceptor<P> owned) {
    auto place = state_.attach(owned.native_handle());
    if (!place) return failure(place.error().during(verb::listen));
    return async_acceptor<P>(**place, std::move(owned));
}

}  // namespace plumb
