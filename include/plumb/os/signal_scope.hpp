// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/os/signals.hpp>

#include <utility>

// Who is told of a signal, and what happened before.

namespace plumb::inline v0_1::os {

// One listener's claim to one signal.
struct signal_claim {
    signal_number number;
    signal_listener* listener;
    signal_claim* next;                 // the same listener's claim to another signal
    signal_claim* outer = nullptr;      // who claimed this signal before
    native_signals::action before{};    // what happened before
};

// Who claims a signal. The places stay for ever, since a handler may start at any time; a listener is let go only when no
// handler is looking at it.
struct signal_place {
    atomic<signal_listener*> listener{nullptr};    // of the innermost claim
    atomic<unsigned> turn{0};
    atomic<int> handlers[2]{atomic(0), atomic(0)};    // those that are running, which began in an even and in an odd turn
    signal_claim* innermost = nullptr;

    // Lets what happened before all claims happen again.
    void forget() const noexcept {
        for (auto claim = innermost; claim; claim = claim->outer)
            if (!claim->outer) native_signals::forget(claim->number, claim->before);
    }

    // From now on the innermost claim's listener is told, if there is one, and no handler looks at any other any more.
    void tell_innermost() noexcept {
        listener.store(innermost ? innermost->listener : nullptr);
        for (int i = 0; i < 2; ++i) {
            auto& running = handlers[(turn.add(1) - 1) % 2];    // none is added to these but by who was late
            while (running.load() != 0) native_clock::sleep_until(native_clock::now() + std::chrono::microseconds(10));
        }
    }
};

// The places of the process that claimed first. A copy of it that fork has made is another process.
struct signal_places {
    signal_place of[65];
    atomic<int> process{0};

    [[nodiscard]] signal_place& at(signal_number number) noexcept { return of[static_cast<int>(number)]; }

    [[nodiscard]] bool are_ours() const noexcept { return process.load() == native_signals::process(); }

    // Lets go of what was the parent's, if fork has made this process.
    void settle() noexcept {
        if (are_ours()) return;
        for (auto& place : of) {
            place.forget();
            place.innermost = nullptr;
            place.listener.store(nullptr);
            for (auto& running : place.handlers) running.store(0);
        }
        process.store(native_signals::process());
    }
};

// Inside a function, so that a program that claims no signals carries none of it.
[[nodiscard]] inline signal_places& claimed_signals() noexcept {
    static signal_places places;
    return places;
}

inline bool tell_signal(signal_number number) noexcept {
    auto& place = claimed_signals().at(number);
    if (!claimed_signals().are_ours()) {    // nobody listens in a copy: the signal does what it did before
        place.forget();
        native_signals::raise(number);
        return false;
    }
    auto& running = place.handlers[place.turn.load() % 2];
    running.add(1);
    auto listener = place.listener.load();
    if (listener) listener->noted(number);
    running.add(-1);
    return listener;
}

// Claims the signals of a set while it lives: the last to claim a signal has it. What happened before happens again at its end,
// flags and mask and all, in whichever order several end.
class signal_scope {
public:
    signal_scope(signal_scope&& other) noexcept
        : claims_(std::exchange(other.claims_, nullptr)), listener_(std::move(other.listener_)) {}
    signal_scope& operator=(signal_scope other) noexcept {
        std::swap(claims_, other.claims_);
        std::swap(listener_, other.listener_);
        return *this;
    }
    ~signal_scope() {
        if (!claims_) return;
        lock held(signal_changes());
        claimed_signals().settle();
        while (claims_) release(std::exchange(claims_, claims_->next));
    }

    // Tells signals to a listener.
    // Cost: an allocation and a system call for each signal, and a system call for each at the end.
    [[nodiscard]] static result<signal_scope> listen(signal_set signals, shared<signal_listener> listener) {
        return claim(signals, std::move(listener), native_signals::listen);
    }
    // Ignores signals.
    [[nodiscard]] static result<signal_scope> ignore(signal_set signals) {
        return claim(signals, shared(new signal_listener), native_signals::ignore);
    }

private:
    explicit signal_scope(shared<signal_listener> listener) noexcept : listener_(std::move(listener)) {}

    [[nodiscard]] static result<signal_scope> claim(signal_set signals, shared<signal_listener> listener, auto change) {
        signal_scope made(std::move(listener));
        lock held(signal_changes());
        claimed_signals().settle();
        for (auto number : signals) {
            auto& place = claimed_signals().at(number);
            auto mine = new signal_claim{number, made.listener_.get(), made.claims_, place.innermost};
            place.listener.store(mine->listener);    // there before the first signal is
            auto before = change(number);
            if (!before) {
                place.tell_innermost();
                delete mine;
                return failure(before.error());
            }
            mine->before = *before;
            place.innermost = made.claims_ = mine;
        }
        return made;
    }

    static void release(signal_claim* mine) noexcept {
        auto& place = claimed_signals().at(mine->number);
        if (place.innermost == mine) {
            place.innermost = mine->outer;
            native_signals::restore(mine->number, mine->before);
        } else {
            auto inner = place.innermost;
            while (inner && inner->outer != mine) inner = inner->outer;
            if (inner) inner->outer = mine->outer, inner->before = mine->before;
        }
        place.tell_innermost();    // a handler that began before an inner claim may still look at this one
        delete mine;
    }

    signal_claim* claims_ = nullptr;
    shared<signal_listener> listener_;
};

}  // namespace plumb::os
