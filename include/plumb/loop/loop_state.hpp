// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/core/dynamic_array.hpp>
#include <plumb/loop/buffer_pool.hpp>
#include <plumb/loop/proactor.hpp>
#include <plumb/loop/timer.hpp>

#include <cstdint>

// What drivers and operations know of their loop.

namespace plumb::inline v0_1::detail {

class stop_watch;

// The parts of a loop that its drivers and operations reach.
struct loop_state {
    // So many operations may succeed at once, one after another. The next one lets others go on first, whosever it is: a coroutine
    // that always has something to do does not keep them waiting.
    static constexpr unsigned fair_share = 128;
    // So much is read into a buffer that is lent: more would not stay in the cache.
    static constexpr std::size_t lent_size = 64 * 1024;

    proactor* driver = nullptr;
    unsigned share = fair_share;
    chain stray;                 // of coroutines that have none
    suspension_queue ready;      // what goes on in the next turn
    suspension_queue retries;    // operations that let others go on first, to be tried then
    timer_heap timers;
    buffer_pool buffers{lent_size, 16};
    dynamic_array<stop_watch*> watches;    // by the address of the waker that they watch

    // Whether one more operation may be tried without a wait.
    [[nodiscard]] bool spend() noexcept {
        if (--share != 0) [[likely]] return true;
        share = fair_share;
        return false;
    }
    // Whether there is something to do without waiting.
    [[nodiscard]] bool has_work() const noexcept { return !ready.is_empty() || !retries.is_empty(); }

    // Lets everything go on that is ready now; what becomes ready meanwhile waits for the next turn.
    [[gnu::noinline]] void run_ready() {
        auto again = retries.size();
        for (auto left = ready.size(); left > 0 && !ready.is_empty(); --left) ready.pop_front().proceed();
        for (; again > 0 && !retries.is_empty(); --again) retries.pop_front().proceed();
    }

    [[nodiscard]] result<registration*> attach(os::handle handle) noexcept {
        if (static_cast<std::intptr_t>(handle) < 0) return failure(verb::wait, std::errc::bad_file_descriptor);    // poll would pass it over
        return driver->attach(handle);
    }
    // Ends what waits for the handle, and forgets it. The caller closes it. Inlined, it would have every coroutine that owns a
    // handle save six registers each time that it goes on.
    [[gnu::noinline]] void detach(registration& gone) noexcept {
        for (auto waiting : {&gone.readers, &gone.writers})
            while (!waiting->is_empty()) waiting->front().cancel(condition::cancelled);
        auto is_of_it = [&](suspension& one) { return &static_cast<operation&>(one).target() == &gone; };
        while (auto one = retries.find(is_of_it)) one->cancel(condition::cancelled);
        driver->detach(gone);
    }

    // The watch for a stop, made when first asked for; it goes when dropped.
    [[nodiscard]] inline result<stop_watch*> watch(os::waker& waker) noexcept;
    inline void drop(stop_watch& unused) noexcept;
};

template <class Promise>
inline void operation::enter(std::coroutine_handle<Promise> waiter, os::interest awaited) noexcept {
    awaited_ = awaited;
    given_up_ = held_ = false;
    suspension::enter(waiter, target_->loop->stray);
}

inline void operation::start() noexcept { target_->loop->driver->start(*this, wanted()); }

inline void operation::told_in_vain() noexcept {
    if (!prospects().is_good()) prospects().doubt();
    start();
}

inline void operation::cancel(condition why) noexcept {
    if (!given_up_) target_->loop->driver->cancel(*this, why);
}

inline void operation::go_on_later() noexcept {
    given_up_ = true;
    leave_queue();
    target_->loop->ready.push_back(*this);
}

inline void operation::end(error cause) noexcept {
    give_up(cause);
    stop_waiting();
    go_on_later();
}

inline void operation::abandon() noexcept {
    stop_waiting();
    if (held_) target_->loop->driver->forget(*this);
    suspension::abandon();
}

}  // namespace plumb::detail
