// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/core/error.hpp>

#include <coroutine>
#include <cstddef>

// Where coroutines wait, and how a wait is called off.

namespace plumb::inline v0_1::detail {

// An element of a list that lies in the element itself; it leaves the list when it goes.
class list_node {
public:
    list_node() = default;
    list_node(const list_node&) = delete;
    ~list_node() { unlink(); }

    [[nodiscard]] bool is_linked() const noexcept { return after_; }
    void unlink() noexcept {
        if (!after_) return;
        before_->after_ = after_;
        after_->before_ = before_;
        after_ = nullptr;
    }

protected:
    template <class>
    friend class list;
    list_node* before_ = nullptr;
    list_node* after_ = nullptr;    // nullptr in no list
};

// A queue of elements that lie elsewhere. Never allocates.
template <class T>
class list : list_node {
public:
    list() noexcept { before_ = after_ = this; }
    ~list() {
        while (!is_empty()) after_->unlink();
        after_ = nullptr;
    }

    [[nodiscard]] bool is_empty() const noexcept { return after_ == this; }
    [[nodiscard]] T& front() noexcept { return static_cast<T&>(*after_); }
    void push_back(T& added) noexcept {
        list_node& node = added;
        node.before_ = before_;
        node.after_ = this;
        before_->after_ = &node;
        before_ = &node;
    }
    // Takes the first out; there must be one.
    T& pop_front() noexcept {
        auto& first = front();
        first.unlink();
        return first;
    }
    // Takes over all that another has, behind its own.
    void append(list& other) noexcept {
        while (!other.is_empty()) push_back(other.pop_front());
    }
};

class suspension;
class operation;

// One line of execution: a task with those that it awaits. It waits in at most one suspension at a time. Once stopped,
// whatever it waits in, now or later, ends with that reason.
struct chain {
    suspension* waits_in = nullptr;
    condition reason{};    // none while it is not stopped

    [[nodiscard]] bool is_stopped() const noexcept { return reason != condition{}; }
    inline void stop(condition why) noexcept;
};

// A promise that knows its chain.
template <class Promise>
concept chained = requires(Promise& promise) {
    { promise.line() } -> std::same_as<chain*>;
};

// A place in a queue, or in a plain list. What it holds counts only while it is in one.
struct queue_node {
    queue_node* before;
    union {
        queue_node* after;
        operation* next;    // in the list
    };
};

// Those whose turn comes next, in order. They lie elsewhere; it never allocates.
class suspension_queue : queue_node {
public:
    suspension_queue() noexcept : queue_node{this, {this}} {}
    suspension_queue(const suspension_queue&) = delete;

    [[nodiscard]] bool is_empty() const noexcept { return after == this; }
    // The first that is such a one, nullptr for none; and how many there are. Both look at all.
    [[nodiscard]] inline suspension* find(auto is_such) noexcept;
    [[nodiscard]] std::size_t size() const noexcept {
        std::size_t count = 0;
        for (const queue_node* one = after; one != this; one = one->after) ++count;
        return count;
    }
    inline void push_back(suspension& added) noexcept;
    inline suspension& pop_front() noexcept;
    // Takes over all that another has, behind its own.
    void append(suspension_queue& other) noexcept {
        while (!other.is_empty()) push_back(other.pop_front());
    }
};

// A point where a coroutine waits, in its frame. Until it waits nothing is written into it but that it does not, and nothing has
// to be undone when it goes.
class suspension : protected queue_node {
public:
    suspension(const suspension&) = delete;

    // Its turn has come: resumes the coroutine, unless there is more to wait for.
    virtual void proceed() { resume(); }
    // Ends the wait soon, unless it has ended already: a limit of its own was reached. Lets nobody go on, and destroys nothing.
    virtual void cancel(condition why) noexcept = 0;
    // The chain that waits here is to end.
    virtual void stop(condition why) noexcept { cancel(why); }

    [[nodiscard]] bool is_suspended() const noexcept { return waiter_; }
    [[nodiscard]] bool is_queued() const noexcept { return queued_; }
    // Takes it out of the queue that it is in, if any.
    void leave_queue() noexcept {
        if (!queued_) return;
        before->after = after;
        after->before = before;
        queued_ = false;
    }

protected:
    suspension() = default;
    ~suspension() = default;    // whoever derives from it says how it goes while it waits: by abandon()

    // Why a coroutine is not to wait any more; none while its chain is not stopped.
    template <class Promise>
    [[nodiscard]] static condition stopped(std::coroutine_handle<Promise> waiter) noexcept {
        if constexpr (chained<Promise>) return waiter.promise().line()->reason;
        else return {};
    }
    // Begins to wait. A coroutine without a chain, such as another library's, has a stray one, which nobody stops.
    template <class Promise>
    void enter(std::coroutine_handle<Promise> waiter, [[maybe_unused]] chain& stray) noexcept {
        queued_ = false;
        if constexpr (chained<Promise>) line_ = waiter.promise().line();
        else line_ = &stray;
        line_->waits_in = this;
        waiter_ = waiter.address();
    }
    void leave() noexcept {
        waiter_ = nullptr;
        line_->waits_in = nullptr;
    }
    void resume() { take_waiter().resume(); }
    // Who goes on now: the wait is over.
    [[nodiscard]] std::coroutine_handle<> take_waiter() noexcept {
        auto waiter = std::coroutine_handle<>::from_address(waiter_);
        leave();
        return waiter;
    }

    // The coroutine goes on. For await_resume(): where the compiler sees it, the destructor need not ask.
    void wake() noexcept { waiter_ = nullptr; }

    // It goes while it waits: nobody will go on here.
    void abandon() noexcept {
        leave_queue();
        leave();
    }

private:
    friend class suspension_queue;
    friend class waiting_list;

    void* waiter_ = nullptr;    // none while it does not wait
    chain* line_;
    bool queued_;
};

inline void suspension_queue::push_back(suspension& added) noexcept {
    queue_node& node = added;
    node = {before, {this}};
    before->after = &node;
    before = &node;
    added.queued_ = true;
}

inline suspension* suspension_queue::find(auto is_such) noexcept {
    for (auto one = after; one != this; one = one->after)
        if (auto found = static_cast<suspension*>(one); is_such(*found)) return found;
    return nullptr;
}

inline suspension& suspension_queue::pop_front() noexcept {
    auto& taken = static_cast<suspension&>(*after);
    taken.leave_queue();
    return taken;
}

inline void chain::stop(condition why) noexcept {
    if (is_stopped()) return;
    reason = why;
    if (waits_in) waits_in->stop(why);
}

}  // namespace plumb::detail
