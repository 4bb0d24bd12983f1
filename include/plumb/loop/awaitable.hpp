// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/loop/limits.hpp>
#include <plumb/loop/loop_state.hpp>

// What operations have in common as things that coroutines await.

namespace plumb::inline v0_1::detail {

// A registration that stands for none: what an empty socket has. Nothing is tried on it, and nobody changes it.
[[nodiscard]] inline registration& no_registration() noexcept {
    static registration none;
    return none;
}

// Makes an operation awaitable. Self derives from it, is final, and has attempt(), give_up(error) and outcome().
template <class Self, class System, limit... Limits>
class [[nodiscard]] awaitable : public operation {
public:
    // While nothing says that the call would have to wait, it is tried at once, and often that is all.
    bool await_ready() {
        auto& target = this->target();
        return target.may(this->awaited()) && target.loop->spend() && self().Self::attempt();
    }

    template <class Promise>
    bool await_suspend(std::coroutine_handle<Promise> waiter) {
        auto loop = this->target().loop;
        if (!loop) [[unlikely]] return self().give_up(error(verb::none, std::errc::bad_file_descriptor)), false;
        if (auto reason = this->enter(waiter); reason != condition{}) [[unlikely]] return refuse(error(verb::none, reason));
        if (auto begun = limits_.begin(*loop, *this); !begun) [[unlikely]] return loop->driver->try_once(*this) ? this->leave(), false : refuse(begun.error());
        if (loop->tells_edges && this->is_refused()) this->wait_for_target();
        else loop->driver->start(*this);
        return true;
    }

    auto await_resume() {
        limits_.end();
        return self().outcome();
    }

protected:
    awaitable(registration& target, os::interest awaited, const Limits&... each) : operation(target, awaited), limits_(each...) {}
    ~awaitable() {
        if (this->is_suspended()) [[unlikely]] this->abandon();
    }

    // The kernel refuses only what is not ready; a system that stands above it may do it for the sake of a test.
    bool refused() noexcept { return operation::refused(!std::same_as<System, os::native>); }

private:
    Self& self() noexcept { return static_cast<Self&>(*this); }

    // It ends before it began to wait.
    [[gnu::cold]] bool refuse(error cause) {
        this->leave();
        self().give_up(cause);
        return false;
    }

    [[no_unique_address]] limits<System, Limits...> limits_;
};

}  // namespace plumb::detail
