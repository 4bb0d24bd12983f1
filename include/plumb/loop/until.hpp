// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/loop/limits.hpp>

#include <utility>

// Waiting for what other coroutines of the same loop bring about.

namespace plumb::inline v0_1::detail {

// Waits until a Condition holds: is_met() says whether it does, watchers() is the queue whose members look again when they are
// let go on, loop() the loop; stopped(why) hears that the chain of who waits is to end, and then may let the wait go on.
template <class Condition, limit... Limits>
class [[nodiscard]] until final : public suspension {
public:
    explicit until(Condition awaited, const Limits&... each) noexcept : condition_(awaited), limits_(each...) {}
    ~until() {
        if (this->is_suspended()) this->abandon();
    }

    bool await_ready() const noexcept { return condition_.is_met(); }
    template <class Promise>
    bool await_suspend(std::coroutine_handle<Promise> waiter) {
        this->enter(waiter, condition_.loop().stray);
        if (auto reason = this->stopped(waiter); reason != plumb::condition{}) hear(reason);
        if (outcome_ && !condition_.is_met()) outcome_ = limits_.begin(condition_.loop(), *this);
        if (outcome_ && !condition_.is_met()) return condition_.watchers().push_back(*this), true;
        this->leave();
        return false;
    }
    [[nodiscard]] result<void> await_resume() noexcept {
        limits_.end();
        return outcome_;
    }

    void proceed() override {
        if (!outcome_ || condition_.is_met()) this->resume();
        else condition_.watchers().push_back(*this);
    }
    void cancel(plumb::condition why) noexcept override {
        if (outcome_) outcome_ = failure(verb::wait, why);
        this->leave_queue();
        condition_.loop().ready.push_back(*this);
    }
    void stop(plumb::condition why) noexcept override {
        if constexpr (requires { condition_.stopped(why); }) condition_.stopped(why);
        else cancel(why);
    }

private:
    void hear(plumb::condition why) noexcept {
        if constexpr (requires { condition_.stopped(why); }) condition_.stopped(why);
        else outcome_ = failure(verb::wait, why);
    }

    Condition condition_;
    limits<os::native, Limits...> limits_;
    result<void> outcome_;
};

}  // namespace plumb::detail
