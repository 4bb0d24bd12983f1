// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/core/least.hpp>
#include <plumb/loop/limits.hpp>
#include <plumb/loop/loop.hpp>

#include <cstdint>

// Ticks: what is to be done again and again.

namespace plumb::inline v0_1 {

namespace detail {

template <limit... Limits>
class tick_wait;

}  // namespace detail

// Ticks once in every period. Tick number n is due n periods after the start, however late those before it were taken: it does
// not drift. What was missed does not come in a burst: the next tick says for how many it stands.
//     interval every(loop, 100ms);
//     while (auto ticks = co_await every.tick(stop)) world.advance(*ticks * 100ms);
// Threads: its loop's. Any number of coroutines may wait; each tick is one coroutine's. It must outlive their waits.
// Cost: no allocation for a tick; O(log n) of the timers that are set.
class interval {
public:
    // The first tick is due one period from now, or at a moment: interval(loop, 1s, loop.now()) begins at once.
    // A period of nothing, or less, is a nanosecond.
    template <class Rep, class Period>
    interval(loop& in, std::chrono::duration<Rep, Period> period) : interval(in, period, within(period).starting(in.now())) {}
    template <class Rep, class Period>
    interval(loop& in, std::chrono::duration<Rep, Period> period, instant first)
        : loop_(in.state()), period_(detail::greatest(within(period).starting(instant()).time_since_epoch(), timeline::duration(1))),
          next_(detail::greatest(first, instant((timeline::duration::min)() / 2))) {}    // so that no difference overflows

    // Waits for the next tick, and says how many have come due since the last one that was taken: 1 in time, 1 more for each
    // that was missed. One that is due already is not waited for.
    // Errors: condition::timed_out and condition::cancelled by the limits; the tick is still to come then.
    template <limit... Limits>
    [[nodiscard]] auto tick(const Limits&... limits) noexcept { return detail::tick_wait<Limits...>(*this, limits...); }

    // When the next tick is due; a moment that has passed while it waits to be taken.
    [[nodiscard]] instant next_due() const noexcept { return next_; }

private:
    template <limit...>
    friend class detail::tick_wait;

    [[nodiscard]] bool is_due() const noexcept { return next_ <= loop::now(); }
    // Takes all that are due. There is one.
    [[nodiscard]] std::uint64_t take() noexcept {
        auto late = loop::now() - next_;
        auto last = next_ + (late - late % period_);
        next_ = last > forever - period_ ? forever : last + period_;
        return static_cast<std::uint64_t>(late / period_) + 1;
    }

    detail::loop_state& loop_;
    timeline::duration period_;
    instant next_;
};

namespace detail {

// What waits for an interval's next tick.
template <limit... Limits>
class [[nodiscard]] tick_wait final : public suspension, timer {
public:
    explicit tick_wait(interval& of, const Limits&... each) : of_(of), limits_(each...) {}
    ~tick_wait() {
        if (this->is_suspended()) this->abandon();
    }

    bool await_ready() const noexcept { return of_.is_due() && of_.loop_.spend(); }
    template <class Promise>
    bool await_suspend(std::coroutine_handle<Promise> waiter) {
        this->enter(waiter, of_.loop_.stray);
        if (auto reason = this->stopped(waiter); reason != condition{}) outcome_ = failure(verb::wait, reason);
        else if (!of_.is_due()) outcome_ = limits_.begin(of_.loop_, *this);
        if (outcome_ && wait_for_it()) return true;
        this->leave();
        return false;
    }
    [[nodiscard]] result<std::uint64_t> await_resume() noexcept {
        limits_.end();
        if (!outcome_) return failure(outcome_.error());
        return of_.take();
    }

    void proceed() override {
        auto goes_on = !outcome_ || of_.is_due();    // if not, another coroutine has taken the tick
        if (goes_on || !wait_for_it()) this->resume();
    }
    void cancel(condition why) noexcept override {
        if (outcome_) outcome_ = failure(verb::wait, why);
        timer::stop();
        ring();
    }

private:
    void ring() noexcept override {
        this->leave_queue();
        of_.loop_.ready.push_back(*this);
    }
    [[nodiscard]] bool wait_for_it() noexcept {
        if (of_.loop_.timers.set(*this, of_.next_)) return true;
        outcome_ = failure(verb::wait, std::errc::not_enough_memory);
        return false;
    }

    interval& of_;
    limits<os::native, Limits...> limits_;
    result<void> outcome_;
};

}  // namespace detail

}  // namespace plumb
