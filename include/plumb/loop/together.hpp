// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/loop/limits.hpp>
#include <plumb/loop/loop.hpp>
#include <plumb/loop/task.hpp>

#include <array>
#include <tuple>
#include <utility>

// Several things awaited at once, and one thing awaited with limits.

namespace plumb::inline v0_1 {

// What stands for the value of a thing that gives none.
struct nothing {};

// What when_any gives: which one ended first, and what each of them gave. Those that were late were stopped, and say so.
template <class... Values>
struct first {
    std::size_t index;
    std::tuple<Values...> values;
};

namespace detail {

template <class T>
decltype(auto) awaiter_of(T&& awaited) {
    if constexpr (requires { static_cast<T&&>(awaited).operator co_await(); }) return static_cast<T&&>(awaited).operator co_await();
    else if constexpr (requires { operator co_await(static_cast<T&&>(awaited)); }) return operator co_await(static_cast<T&&>(awaited));
    else return static_cast<T&&>(awaited);
}

// What co_await gives for a thing.
template <class T>
using awaited_value = decltype(awaiter_of(std::declval<T>()).await_resume());

// Any thing that can be awaited, as a task. It must live until the task has ended.
template <class T>
task<awaited_value<T>> as_task(T&& awaited) {
    co_return co_await static_cast<T&&>(awaited);
}
template <class T>
task<T> as_task(task<T>&& own) {
    return std::move(own);
}

template <class T>
using value_or_nothing = std::conditional_t<std::is_void_v<T>, nothing, T>;

template <class T>
value_or_nothing<T> take_value(task<T>& ended) {
    if constexpr (std::is_void_v<T>) return ended.take(), nothing{};
    else return ended.take();
}

// Waits for several tasks, each a line of its own. When one has ended, `Early` stops the others; so does one that has thrown.
template <bool Early, class... Values>
class [[nodiscard]] together final : suspension, task_owner {
public:
    explicit together(task<Values>... tasks) noexcept
        : tasks_(std::move(tasks)...), promises_(std::apply([](auto&... each) { return std::array<promise_base*, count>{&each.promise()...}; }, tasks_)) {}
    ~together() {
        if (this->is_suspended()) this->abandon();
    }

    bool await_ready() const noexcept { return false; }
    template <class Promise>
    bool await_suspend(std::coroutine_handle<Promise> waiter) {
        this->enter(waiter, stray_);
        auto reason = this->stopped(waiter);
        for (auto one : promises_) {
            one->set_owner(this);
            if (reason != condition{}) one->line()->stop(reason);
        }
        std::apply([](auto&... each) { (each.start(), ...); }, tasks_);
        if (--left_ > 0) return true;
        this->leave();
        return false;
    }
    auto await_resume() {
        for (auto one : promises_)
            if (one == thrower_) one->rethrow();
        auto values = std::apply([](auto&... each) { return std::tuple<value_or_nothing<Values>...>{take_value(each)...}; }, tasks_);
        if constexpr (Early) return first<value_or_nothing<Values>...>{first_, std::move(values)};
        else if constexpr (!(std::is_void_v<Values> && ...)) return values;
    }

private:
    static constexpr std::size_t count = sizeof...(Values);

    bool releases(promise_base&) noexcept override { return false; }
    std::coroutine_handle<> ended(promise_base& one) noexcept override {
        if (one.has_thrown() && !thrower_) thrower_ = &one;
        if (first_ == count)
            for (first_ = 0; promises_[first_] != &one;) ++first_;
        if (Early || thrower_) stop_all(condition::cancelled);
        return --left_ == 0 ? this->take_waiter() : std::noop_coroutine();
    }

    void stop_all(condition why) noexcept {
        for (auto one : promises_) one->line()->stop(why);
    }
    void cancel(condition why) noexcept override { stop_all(why); }

    std::tuple<task<Values>...> tasks_;
    std::array<promise_base*, count> promises_;
    std::size_t left_ = count + 1;    // and one for the start itself
    std::size_t first_ = count;
    promise_base* thrower_ = nullptr;
    chain stray_;
};

template <bool Early, class... Values>
[[nodiscard]] auto gather(task<Values>... tasks) {
    return together<Early, Values...>(std::move(tasks)...);
}

// Waits for one task, with limits.
template <class T, limit... Limits>
class [[nodiscard]] limited_wait final : suspension, task_owner {
public:
    limited_wait(loop& in, task<T> work, const Limits&... each) noexcept : loop_(in.state()), work_(std::move(work)), limits_(each...) {}
    ~limited_wait() {
        if (this->is_suspended()) this->abandon();
    }

    bool await_ready() const noexcept { return false; }
    template <class Promise>
    bool await_suspend(std::coroutine_handle<Promise> waiter) {
        auto& line = *work_.promise().line();
        this->enter(waiter, loop_.stray);
        if (auto reason = this->stopped(waiter); reason != condition{}) line.stop(reason);
        begun_ = limits_.begin(loop_, *this);
        if (!begun_) line.stop(has_no_watch() ? condition::cancelled : static_cast<condition>(begun_.error().cause()));
        work_.promise().set_owner(this);
        work_.start();
        if (!work_.is_done()) return waits_ = true;
        this->leave();
        return false;
    }
    auto await_resume() {
        limits_.end();
        if constexpr (is_result<T>) {
            auto gave = work_.take();
            if (has_no_watch() && !gave && gave.error() == condition::cancelled)
                return T(failure(begun_.error().during(gave.error().operation()).with(gave.error().detail())));
            return gave;
        } else {
            auto& promise = work_.promise();
            promise.rethrow();
            if (promise.line()->is_stopped()) return result<T>(failure(has_no_watch() ? begun_.error() : error(verb::wait, promise.line()->reason)));
            if constexpr (std::is_void_v<T>) return result<T>();
            else return result<T>(work_.take());
        }
    }

private:
    bool releases(promise_base&) noexcept override { return false; }
    std::coroutine_handle<> ended(promise_base&) noexcept override { return waits_ ? this->take_waiter() : std::noop_coroutine(); }
    void cancel(condition why) noexcept override { work_.promise().line()->stop(why); }
    // Whether there was no descriptor to watch a stop with: then what has to wait ends, and says so.
    [[nodiscard]] bool has_no_watch() const noexcept { return !begun_ && begun_.error().domain() != error_domain::plumb; }

    loop_state& loop_;
    task<T> work_;
    limits<os::native, Limits...> limits_;
    result<void> begun_;
    bool waits_ = false;
};

}  // namespace detail

// Awaits several things at once and gives what each gave, as a tuple; nothing where none gives anything.
// What one of them throws stops the others, and is thrown when they have ended.
// Await it where it is made: it refers to its arguments. Cost: one allocation for each that is no task.
template <class... Things>
[[nodiscard]] auto when_all(Things&&... things) {
    return detail::gather<false>(detail::as_task(std::forward<Things>(things))...);
}

// Awaits several things at once; the first that ends stops the others, and when they have ended as well it goes on.
//     auto [winner, gave] = co_await when_any(peer.read(buffer), loop.sleep_for(5s));
template <class... Things>
[[nodiscard]] auto when_any(Things&&... things) {
    return detail::gather<true>(detail::as_task(std::forward<Things>(things))...);
}

// Awaits one thing with limits: whatever it waits in when a limit is reached ends with condition::timed_out or
// condition::cancelled, and so does what it waits in after that; so does what has to wait without a descriptor to watch a stop with:
// too_many_files_open. Gives what the thing gave where that is a result, and else a result of it.
template <class Thing, limit... Limits>
    requires(sizeof...(Limits) > 0)
[[nodiscard]] auto limited(loop& in, Thing&& thing, const Limits&... limits) {
    return detail::limited_wait<typename decltype(detail::as_task(std::forward<Thing>(thing)))::value_type, Limits...>(
        in, detail::as_task(std::forward<Thing>(thing)), limits...);
}

}  // namespace plumb
