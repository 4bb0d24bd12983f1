// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/os/waker.hpp>

#include <utility>

// A way to ask for an end: a source that requests it, and tokens that waiting operations watch.

namespace plumb::inline v0_1 {

class stop_token;

namespace detail {

// What a source and its tokens share. Kept alive by whoever counts himself in.
struct stop_state {
    os::waker waker;
    std::atomic<unsigned> owners{1};
    virtual ~stop_state() = default;
};

// One share in a stop_state.
class stop_share {
public:
    stop_share() = default;
    explicit stop_share(stop_state* owned) noexcept : state_(owned) {}
    stop_share(const stop_share& other) noexcept : state_(other.state_) {
        if (state_) state_->owners.fetch_add(1, std::memory_order_relaxed);
    }
    stop_share(stop_share&& other) noexcept : state_(std::exchange(other.state_, nullptr)) {}
    stop_share& operator=(stop_share other) noexcept {
        std::swap(state_, other.state_);
        return *this;
    }
    ~stop_share() {
        if (state_ && state_->owners.fetch_sub(1, std::memory_order_acq_rel) == 1) delete state_;
    }

    [[nodiscard]] os::waker* waker() const noexcept { return state_ ? &state_->waker : nullptr; }

private:
    stop_state* state_ = nullptr;
};

}  // namespace detail

// Tells a waiting operation that its end is wanted. Made without a source it never stops.
// Threads: copies may be used from any thread at once.
class stop_token {
public:
    stop_token() = default;
    explicit stop_token(detail::stop_share share) noexcept : share_(std::move(share)) {}

    [[nodiscard]] bool stop_requested() const noexcept { return waker() && waker()->is_awake(); }
    [[nodiscard]] bool stop_possible() const noexcept { return waker(); }
    // What a wait ends by; nullptr where no stop is possible.
    [[nodiscard]] os::waker* waker() const noexcept { return share_.waker(); }

private:
    detail::stop_share share_;
};

// Requests a stop of everything that holds one of its tokens.
// Threads: request_stop from any thread, and from a signal handler.
// Cost: one allocation; an event descriptor only when something waits on a token.
class stop_source {
public:
    stop_source() : share_(new detail::stop_state) {}

    void request_stop() noexcept {
        if (auto* sleeping = share_.waker()) sleeping->wake();
    }
    [[nodiscard]] bool stop_requested() const noexcept { return token().stop_requested(); }
    [[nodiscard]] stop_token token() const noexcept { return stop_token(share_); }

private:
    detail::stop_share share_;
};

}  // namespace plumb
