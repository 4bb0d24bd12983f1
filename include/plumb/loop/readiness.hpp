// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/loop/loop.hpp>

#include <utility>

// Waiting until a handle is ready, whosever it is.

namespace plumb::inline v0_1 {

namespace detail {

// Waits until an attached handle is ready, and calls nothing.
template <class System, limit... Limits>
class readiness final : public awaitable<readiness<System, Limits...>, System, Limits...> {
    using base = awaitable<readiness, System, Limits...>;

public:
    readiness(registration& target, os::interest what, const Limits&... limits) : base(target, limits...), what_(what) {
        target.prospects(what).refuse();    // only an event tells
    }
    [[nodiscard]] os::interest awaits() const noexcept { return what_; }
    bool attempt() noexcept override { return true; }
    void give_up(error cause) noexcept override { outcome_ = failure(cause.during(verb::wait)); }
    [[nodiscard]] result<void> outcome() const noexcept { return outcome_; }

private:
    os::interest what_;
    result<void> outcome_;
};

// The place of a foreign handle in a loop for the time of one wait. One that is there already is attached by a duplicate.
class visit {
public:
    visit(loop_state& loop, os::handle guest) : place_(loop.attach(guest)) {
        if (place_ || place_.error() != std::errc::file_exists) return;
        auto twin = os::native::duplicate(guest);
        if (twin) place_ = loop.attach(twin_ = *twin);
        else place_ = failure(twin.error());
    }
    visit(const visit&) = delete;
    ~visit() {
        if (place_) (*place_)->loop->detach(**place_);
        if (twin_ != os::none) os::native::close(twin_);
    }
    [[nodiscard]] const result<registration*>& place() const noexcept { return place_; }

private:
    result<registration*> place_;
    os::handle twin_ = os::none;
};

// Sleeps for a span, or less: until the limits end it.
[[nodiscard]] inline auto doze(loop_state& in, timeline::duration span, const patience& limits) {
    return sleep<patience>(in, until(least(loop::now() + span, limits.until)), patience{forever, limits.sleeper});
}

}  // namespace detail

template <limit... Limits>
task<result<void>> loop::wait(os::handle guest, interest what, Limits... limits) {
    detail::visit here(state_, guest);
    if (here.place()) co_return co_await detail::readiness<os::native, Limits...>(**here.place(), what, limits...);
    if (here.place().error() == std::errc::operation_not_permitted) co_return result<void>();
    co_return failure(here.place().error().during(verb::wait));
}

}  // namespace plumb
