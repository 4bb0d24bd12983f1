// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/loop/limits.hpp>
#include <plumb/loop/loop.hpp>
#include <plumb/loop/task.hpp>
#include <plumb/loop/until.hpp>

// Tasks that run beside the one that begins them.

namespace plumb::inline v0_1 {

namespace detail {

// Owns tasks that run, and tells of each that has ended. What still waits when it goes is destroyed where it waits.
template <class T>
class running_tasks : task_owner {
    struct few_enough {
        running_tasks& tasks;
        std::size_t most;
        [[nodiscard]] bool is_met() const noexcept { return tasks.size_ <= most; }
        [[nodiscard]] suspension_queue& watchers() const noexcept { return tasks.watchers_; }
        [[nodiscard]] loop_state& loop() const noexcept { return tasks.loop_; }
        void stopped(condition why) const noexcept { tasks.stop(why); }
    };

public:
    explicit running_tasks(loop& in) noexcept : loop_(in.state()) {}
    running_tasks(const running_tasks&) = delete;
    ~running_tasks() {
        while (!running_.is_empty()) frame_of(running_.pop_front()).destroy();
    }

    // How many of them have not ended.
    [[nodiscard]] std::size_t size() const noexcept { return size_; }

    // Begins a task: it runs until it first waits, and from then on when the loop lets it.
    void spawn(task<T> work) {
        auto& begun = work.promise();
        begun.set_owner(this);
        running_.push_back(begun);
        ++size_;
        work.release().resume();
    }

    // Has all that they wait in, now and later, end with that reason.
    void stop(condition why = condition::cancelled) noexcept {
        for (auto left = size_; left > 0; --left) {
            auto& one = running_.pop_front();
            running_.push_back(one);
            one.line()->stop(why);
        }
    }

    // Waits until no more than that many run. Stopping who waits stops the tasks, and the wait goes on.
    // Errors: condition::timed_out and condition::cancelled by the limits; the tasks run on then.
    template <limit... Limits>
    [[nodiscard]] auto at_most(std::size_t count, const Limits&... limits) noexcept {
        return until<few_enough, Limits...>(few_enough{*this, count}, limits...);
    }

protected:
    // A task has ended; its frame goes after this.
    virtual void take(promise<T>& ended) noexcept = 0;

private:
    static std::coroutine_handle<> frame_of(promise_base& one) noexcept {
        return std::coroutine_handle<promise<T>>::from_promise(static_cast<promise<T>&>(one));
    }

    bool releases(promise_base& ended) noexcept override {
        take(static_cast<promise<T>&>(ended));
        ended.unlink();
        --size_;
        loop_.ready.append(watchers_);    // those that wait for fewer go on waiting
        return true;
    }
    std::coroutine_handle<> ended(promise_base&) noexcept override { return std::noop_coroutine(); }

    loop_state& loop_;
    list<promise_base> running_;
    suspension_queue watchers_;
    std::size_t size_ = 0;
};

}  // namespace detail

// Owns tasks that nobody awaits one by one: spawn() begins one, join() waits for all. It outlives them: what still waits
// when the scope goes is called off and destroyed, so that no coroutine is ever left to itself. Nobody is told then what a read or
// a write had moved; after stop() and join() their results have said it.
//     scope clients(loop);
//     while (auto peer = co_await server.accept()) clients.spawn(echo(*std::move(peer)));
// Threads: its loop's. It must not go from within one of its tasks.
// Cost: no allocation but the task's own frame.
class scope final : public detail::running_tasks<void> {
public:
    using running_tasks::running_tasks;

    // Waits until all have ended. Stopping who joins stops those who are waited for, and the wait goes on.
    // What one of them has thrown, the first that did, is thrown here.
    // Errors: condition::timed_out and condition::cancelled by the limits; the tasks run on then.
    template <limit... Limits>
    [[nodiscard]] task<result<void>> join(Limits... limits) {
        auto outcome = co_await at_most(0, limits...);
        if (outcome && thrown_) std::rethrow_exception(std::exchange(thrown_, nullptr));
        co_return outcome;
    }

private:
    void take(detail::promise<void>& ended) noexcept override {
        if (auto thrown = ended.take_exception(); thrown && !thrown_) thrown_ = std::move(thrown);
    }

    std::exception_ptr thrown_;
};

}  // namespace plumb
