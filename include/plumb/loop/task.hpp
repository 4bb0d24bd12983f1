// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/loop/suspension.hpp>

#include <cstdint>
#include <exception>
#include <new>
#include <optional>
#include <type_traits>
#include <utility>

// Coroutines that are awaited: the functions of the event loop.

namespace plumb::inline v0_1 {

template <class T = void>
class task;

namespace detail {

class promise_base;

// Whoever owns a task and is not a coroutine that awaits it.
class task_owner {
public:
    // Whether the task's frame is to go with its end, instead of waiting for its result to be taken.
    virtual bool releases(promise_base& ended) noexcept = 0;
    // The task has ended and its result is there: what goes on now.
    virtual std::coroutine_handle<> ended(promise_base& ended) noexcept = 0;

protected:
    ~task_owner() = default;
};

// What the promises of all tasks have in common. A task that its owner keeps in a list is an element of it.
class promise_base : public list_node {
    struct final_awaiter {
        promise_base& ended;
        bool await_ready() const noexcept { return ended.owner() && ended.owner()->releases(ended); }
        template <class Promise>
        std::coroutine_handle<> await_suspend(std::coroutine_handle<Promise>) const noexcept {
            if (ended.owner()) return ended.owner()->ended(ended);
            return ended.follower_ ? std::coroutine_handle<>::from_address(reinterpret_cast<void*>(ended.follower_)) : std::noop_coroutine();
        }
        void await_resume() const noexcept {}
    };

public:
    std::suspend_always initial_suspend() const noexcept { return {}; }
    final_awaiter final_suspend() noexcept { return {*this}; }
    void unhandled_exception() noexcept { thrown_ = std::current_exception(); }

    [[nodiscard]] chain* line() const noexcept { return line_; }

    // Makes the task a line of its own, or a part of another.
    void own_line() noexcept { line_ = &own_; }
    void join_line(chain* line) noexcept { line_ = line; }
    void set_next(std::coroutine_handle<> next) noexcept { follower_ = reinterpret_cast<std::uintptr_t>(next.address()); }
    void set_owner(task_owner* owner) noexcept { follower_ = reinterpret_cast<std::uintptr_t>(owner) | owned; }

    [[nodiscard]] std::exception_ptr take_exception() noexcept { return std::exchange(thrown_, nullptr); }
    [[nodiscard]] bool has_thrown() const noexcept { return static_cast<bool>(thrown_); }
    void rethrow() const {
        if (thrown_) std::rethrow_exception(thrown_);
    }

private:
    static constexpr std::uintptr_t owned = 1;

    [[nodiscard]] task_owner* owner() const noexcept {
        return follower_ & owned ? reinterpret_cast<task_owner*>(follower_ - owned) : nullptr;
    }

    chain* line_ = &own_;
    chain own_;
    std::uintptr_t follower_ = 0;    // the coroutine that awaits it, once it waits itself; marked as `owned`, who owns it
    std::exception_ptr thrown_;
};

template <class T>
class promise final : public promise_base {
public:
    task<T> get_return_object() noexcept;
    template <class U = T>
        requires std::constructible_from<T, U&&>
    void return_value(U&& value) noexcept(std::is_nothrow_constructible_v<T, U&&>) { value_.emplace(std::forward<U>(value)); }
    [[nodiscard]] T take() {
        rethrow();
        return std::move(*value_);
    }

private:
    std::optional<T> value_;
};

template <class T>
class promise<T&> final : public promise_base {
public:
    task<T&> get_return_object() noexcept;
    void return_value(T& value) noexcept { value_ = &value; }
    [[nodiscard]] T& take() {
        rethrow();
        return *value_;
    }

private:
    T* value_ = nullptr;
};

template <>
class promise<void> final : public promise_base {
public:
    task<void> get_return_object() noexcept;
    void return_void() const noexcept {}
    void take() const { rethrow(); }
};

}  // namespace detail

// A coroutine that begins when it is awaited, once, and gives a T. Until it first waits it runs like a function that was
// called: a million awaits of what is ready take no stack. An exception in it reaches whoever awaits it. It may await
// anything that can be awaited, and any coroutine may await it.
// Dropping a task that waits calls its wait off and ends it there: destructors run, nothing else does. Nobody is told what a read
// or a write had moved until then: whoever uses the connection on ends the wait by a limit or a stop, whose errors say it.
// Two mistakes of g++ 12, in any library's coroutines, are avoided by giving things a name. A function (a lambda is not) without
// a variable of its own that awaits in a condition, as in `if (co_await x) …`, is never carried out: `auto got = co_await x`.
// An aggregate, or a closure that holds a value, is destroyed twice when it is made in an expression that awaits: not
// `co_await serve(…, {.stop = token})`.
// Threads: it stays in the thread of its loop; what resumes it elsewhere must come back by loop::post.
// Cost: one allocation, its frame.
template <class T>
class [[nodiscard]] task {
public:
    using promise_type = detail::promise<T>;
    using handle_type = std::coroutine_handle<promise_type>;
    using value_type = T;

    task() = default;
    explicit task(handle_type frame) noexcept : frame_(frame) {}
    task(task&& other) noexcept : frame_(other.release()) {}
    task& operator=(task other) noexcept {
        std::swap(frame_, other.frame_);
        return *this;
    }
    ~task() {
        if (frame_) frame_.destroy();
    }

    // Whether there is no coroutine: moved from.
    [[nodiscard]] bool is_empty() const noexcept { return !frame_; }
    [[nodiscard]] bool is_done() const noexcept { return frame_.done(); }
    // Gives the coroutine away; the caller destroys it.
    [[nodiscard]] handle_type release() noexcept { return std::exchange(frame_, {}); }

    // For what owns tasks: the coroutine, its beginning, and what it gave.
    [[nodiscard]] promise_type& promise() const noexcept { return frame_.promise(); }
    void start() const { frame_.resume(); }
    [[nodiscard]] decltype(auto) take() const { return frame_.promise().take(); }

    auto operator co_await() && noexcept { return awaiter{frame_}; }

private:
    struct awaiter {
        handle_type frame;

        bool await_ready() const noexcept { return false; }
        // The child runs on this stack until it first waits. One that ends before that was never waited for.
        template <class Promise>
        bool await_suspend(std::coroutine_handle<Promise> waiter) const {
            if constexpr (detail::chained<Promise>) frame.promise().join_line(waiter.promise().line());
            frame.resume();
            if (frame.done()) return false;
            frame.promise().set_next(waiter);
            return true;
        }
        T await_resume() const { return frame.promise().take(); }
    };

    handle_type frame_;
};

namespace detail {

template <class T>
task<T> promise<T>::get_return_object() noexcept {
    return task<T>(std::coroutine_handle<promise>::from_promise(*this));
}
template <class T>
task<T&> promise<T&>::get_return_object() noexcept {
    return task<T&>(std::coroutine_handle<promise>::from_promise(*this));
}
inline task<void> promise<void>::get_return_object() noexcept {
    return task<void>(std::coroutine_handle<promise>::from_promise(*this));
}

}  // namespace detail

}  // namespace plumb
