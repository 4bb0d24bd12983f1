// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/loop/limits.hpp>
#include <plumb/loop/loop_state.hpp>

// What operations have in common as things that coroutines await.

namespace plumb::inline v0_1::detail {

// Makes an operation awaitable. Self derives from it, is final, and has awaits(), attempt(), give_up(error) and outcome().
template <class Self, class System, limit... Limits>
class [[nodiscard]] awaitable : public operation {
public:
    // While nothing says that the call would have to wait, it is tried at once, and often that is all.
    bool await_ready() { return prospects().is_good() && this->target().loop->spend() && self().Self::attempt(); }

    template <class Promise>
    bool await_suspend(std::coroutine_handle<Promise> waiter) {
        auto what = self().awaits();    // what cannot be written at once is rare
        if (sizeof...(Limits) > 0 || what == os::interest::writable || !prospects().will_be_told()) [[unlikely]] return self().Self::begin(waiter);
        if (auto reason = this->stopped(waiter); reason != condition{}) [[unlikely]] return refuse(error(verb::none, reason));
        this->enter(waiter, what);
        this->target().waiting(what).push_back(*this);
        return true;
    }

    auto await_resume() {
        this->wake();
        limits_.end();
        return self().outcome();
    }

    // As an operation's, with no second indirect call.
    void told_ready() override {
        prospects().tell();
        self().Self::attempt() ? this->resume() : this->told_in_vain();
    }

protected:
    explicit awaitable(registration& target, const Limits&... each) : operation(target), limits_(each...) {}
    ~awaitable() {
        if (this->is_suspended()) [[unlikely]] this->abandon();
    }

    // What is known of the direction that it waits for: before it waits, too.
    [[nodiscard]] outlook& prospects() noexcept { return this->target().prospects(self().awaits()); }

    // The call would have to wait. Always false, for attempt() to return. The kernel refuses only what is not ready; a system
    // that stands above it may do it for the sake of a test.
    bool refused() noexcept {
        prospects().refuse();
        if (!std::same_as<System, os::native>) prospects().doubt();
        return false;
    }

    // Begins to wait, whatever belongs to that. Out of line, since most often nothing does. Self may put something before it.
    template <class Promise>
    [[gnu::noinline]] bool begin(std::coroutine_handle<Promise> waiter) {
        return begin_inline(waiter);
    }
    template <class Promise>
    bool begin_inline(std::coroutine_handle<Promise> waiter) {
        if (auto reason = this->stopped(waiter); reason != condition{}) return refuse(error(verb::none, reason));
        auto& target = this->target();
        if (target.handle == os::none) return refuse(error(verb::none, std::errc::bad_file_descriptor));
        this->enter(waiter, self().awaits());
        auto& driver = *target.loop->driver;
        auto begun = limits_.begin(*target.loop, *this);
        if (begun) [[likely]] return driver.start(*this, self().wanted()), true;
        if (driver.try_once(*this)) return this->go_on_later(), true;    // others go on first: it is so each time
        return this->leave(), refuse(begun.error());
    }

private:
    Self& self() noexcept { return static_cast<Self&>(*this); }

    // It ends before it began to wait.
    [[gnu::cold]] bool refuse(error cause) {
        self().give_up(cause);
        return false;
    }

    [[no_unique_address]] limits<System, Limits...> limits_;
};

}  // namespace plumb::detail
