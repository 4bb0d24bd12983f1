// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/os/owner.hpp>
#include <plumb/os/persist.hpp>
#include <plumb/os/signal_reader.hpp>
#include <plumb/os/signals.hpp>

#include <utility>

namespace plumb::inline v0_1 {

// Holds signals back in this thread while it lives. Those that it added are let through at its end, and what is pending comes.
// Threads: it ends in the one that made it.
// Calls: pthread_sigmask.
class [[nodiscard]] blocked_signals {
public:
    explicit blocked_signals(signal_set signals) noexcept : added_(signals - os::native_signals::block(signals)) {}
    blocked_signals(blocked_signals&& other) noexcept : added_(std::exchange(other.added_, {})) {}
    blocked_signals& operator=(blocked_signals other) noexcept {
        std::swap(added_, other.added_);
        return *this;
    }
    ~blocked_signals() {
        if (!added_.empty()) os::native_signals::unblock(added_);
    }

private:
    signal_set added_;
};

// Lets signals through in this thread while it lives, also those that were held back; at its end they are again.
// Threads: as blocked_signals.
// Calls: pthread_sigmask.
class [[nodiscard]] unblocked_signals {
public:
    explicit unblocked_signals(signal_set signals) noexcept : taken_(signals & os::native_signals::unblock(signals)) {}
    unblocked_signals(const unblocked_signals&) = delete;
    ~unblocked_signals() { os::native_signals::block(taken_); }

private:
    signal_set taken_;
};

// Reads the signals of a set as they come; its handle is readable when one has. They are held back in the thread that opened
// it, until it is closed there; those that have come and were not read are delivered then.
// Threads: reads from any; a signal is read once.
class signal_reader : public os::owner<os::native_signals> {
public:
    // Opens a reader, from whose opening on no signal of the set does what it did before.
    // Errors: invalid_argument when the set is empty or has what cannot be held back, kill or stop.
    // Calls: pthread_sigmask, signalfd.
    [[nodiscard]] static result<signal_reader> open(signal_set signals) {
        constexpr signal_set unstoppable{signal_number::kill, signal_number::stop};
        if (signals.empty() || !(signals & unstoppable).empty()) return failure(verb::signal, std::errc::invalid_argument);
        blocked_signals held_back(signals);
        auto opened = os::native_signals::open(signals);
        if (!opened) return failure(opened.error());
        return signal_reader(std::move(held_back), *opened);
    }

    // Waits for the next signal, the one with the smallest number first.
    // Errors: condition::timed_out and condition::cancelled by the limits.
    // Calls: read; to wait ppoll.
    [[nodiscard]] result<signal_info> read(const limit auto&... limits) {
        auto attempt = [this](os::waiting) { return os::native_signals::read(handle()); };
        return os::persist<os::native>(verb::signal, handle(), os::interest::readable, attempt, limits...);
    }

    // Calls: close, pthread_sigmask.
    void close() noexcept {
        owner::close();
        held_back_ = blocked_signals({});
    }

private:
    signal_reader(blocked_signals held_back, os::handle opened) noexcept
        : owner(detail::fresh{opened}), held_back_(std::move(held_back)) {}

    blocked_signals held_back_;
};

// Waits for one of the signals, held back in this thread meanwhile. One that comes before or afterwards does what it always
// does, unless blocked_signals holds it back.
// Errors: as signal_reader.
// Calls: pthread_sigmask, signalfd, read, ppoll, close.
[[nodiscard]] result<signal_info> wait_for_signal(signal_set signals, const limit auto&... limits) {
    auto reader = signal_reader::open(signals);
    if (!reader) return failure(reader.error());
    return reader->read(limits...);
}

}  // namespace plumb
