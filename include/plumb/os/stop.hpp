// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/os/shared.hpp>
#include <plumb/os/waker.hpp>

#include <utility>

// A way to ask for an end: a source that requests it, and tokens that waiting operations watch.

namespace plumb::inline v0_1 {

namespace detail {

// What a source and its tokens share.
struct stop_state : os::counted {
    os::waker waker;
    virtual ~stop_state() = default;
};

}  // namespace detail

// Tells a waiting operation that its end is wanted. Made without a source it never stops.
// Threads: copies may be used from any thread at once.
class stop_token {
public:
    stop_token() = default;
    explicit stop_token(os::shared<detail::stop_state> state) noexcept : state_(std::move(state)) {}

    [[nodiscard]] bool stop_requested() const noexcept { return waker() && waker()->is_awake(); }
    [[nodiscard]] bool stop_possible() const noexcept { return waker(); }
    // What a wait ends by; nullptr where no stop is possible.
    [[nodiscard]] os::waker* waker() const noexcept { return state_.get() ? &state_->waker : nullptr; }

private:
    os::shared<detail::stop_state> state_;
};

// Requests a stop of everything that holds one of its tokens.
// Threads: request_stop from any thread, and from a signal handler.
// Cost: one allocation; an event descriptor only when something waits on a token.
class stop_source {
public:
    stop_source() : state_(new detail::stop_state) {}

    void request_stop() noexcept {
        if (state_.get()) state_->waker.wake();
    }
    [[nodiscard]] bool stop_requested() const noexcept { return token().stop_requested(); }
    [[nodiscard]] stop_token token() const noexcept { return stop_token(state_); }

private:
    os::shared<detail::stop_state> state_;
};

}  // namespace plumb
