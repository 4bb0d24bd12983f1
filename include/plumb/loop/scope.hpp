// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/loop/limits.hpp>
#include <plumb/loop/loop.hpp>
#include <plumb/loop/task.hpp>

// Tasks that run beside the one that begins them.

namespace plumb::inline v0_1 {

// Owns tasks that nobody awaits one by one: spawn() begins one, join() waits for all. It outlives them: what still waits
// when the scope goes is called off and destroyed, so that no coroutine is ever left to itself.
//     scope clients(loop);
//     while (auto peer = co_await server.accept()) clients.spawn(echo(*std::move(peer)));
// Threads: its loop's. It must not go from within one of its tasks.
// Cost: no allocation but the task's own frame.
class scope : detail::task_owner {
    template <limit... Limits>
    class joining;

public:
    explicit scope(loop& in) noexcept : loop_(in.state()) {}
    scope(const scope&) = delete;
    ~scope() {
        while (!running_.is_empty()) frame_of(running_.pop_front()).destroy();
    }

    // Begins a task: it runs until it first waits, and from then on when the loop lets it.
    void spawn(task<> work) {
        auto& begun = work.promise();
        begun.set_owner(this);
        running_.push_back(begun);
        ++size_;
        work.release().resume();
    }

    // How many of them have not ended.
    [[nodiscard]] std::size_t size() const noexcept { return size_; }

    // Has all that they wait in, now and later, end with condition::cancelled.
    void stop(condition why = condition::cancelled) noexcept {
        for (auto left = size_; left > 0; --left) {
            auto& one = running_.pop_front();
            running_.push_back(one);
            one.line()->stop(why);
        }
    }

    // Waits until all have ended. Stopping who joins stops those who are waited for, and the wait goes on.
    // What one of them has thrown, the first that did, is thrown here.
    // Errors: condition::timed_out and condition::cancelled by the limits; the tasks run on then.
    template <limit... Limits>
    [[nodiscard]] auto join(const Limits&... limits) noexcept { return joining<Limits...>(*this, limits...); }

private:
    static std::coroutine_handle<> frame_of(detail::promise_base& one) noexcept {
        return std::coroutine_handle<detail::promise<void>>::from_promise(static_cast<detail::promise<void>&>(one));
    }

    bool releases(detail::promise_base& ended) noexcept override {
        if (auto thrown = ended.take_exception(); thrown && !thrown_) thrown_ = std::move(thrown);
        ended.unlink();
        if (--size_ == 0) loop_.ready.append(joiners_);
        return true;
    }
    std::coroutine_handle<> ended(detail::promise_base&) noexcept override { return std::noop_coroutine(); }

    detail::loop_state& loop_;
    detail::list<detail::promise_base> running_;
    detail::suspension_queue joiners_;
    std::size_t size_ = 0;
    std::exception_ptr thrown_;
};

template <limit... Limits>
class [[nodiscard]] scope::joining final : public detail::suspension {
public:
    explicit joining(scope& joined, const Limits&... each) noexcept : scope_(joined), limits_(each...) {}

    ~joining() {
        if (this->is_suspended()) this->abandon();
    }

    bool await_ready() const noexcept { return scope_.size_ == 0; }
    template <class Promise>
    bool await_suspend(std::coroutine_handle<Promise> waiter) {
        if (auto reason = this->enter(waiter); reason != condition{}) scope_.stop(reason);
        if (scope_.size_ == 0) return this->leave(), false;
        outcome_ = limits_.begin(scope_.loop_, *this);
        if (outcome_) scope_.joiners_.push_back(*this);
        else this->leave();
        return outcome_.has_value();
    }
    [[nodiscard]] result<void> await_resume() {
        limits_.end();
        if (outcome_ && scope_.thrown_) std::rethrow_exception(std::exchange(scope_.thrown_, nullptr));
        return outcome_;
    }

    void cancel(condition why) noexcept override {
        if (outcome_) outcome_ = failure(verb::wait, why);
        this->leave_queue();
        scope_.loop_.ready.push_back(*this);
    }
    void stop(condition why) noexcept override { scope_.stop(why); }

private:
    scope& scope_;
    detail::limits<os::native, Limits...> limits_;
    result<void> outcome_;
};

}  // namespace plumb
