// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/os/owner.hpp>
#include <plumb/os/persist.hpp>
#include <plumb/os/signal_reader.hpp>
#include <plumb/os/signals.hpp>

#include <utility>

namespace plumb::inline v0_1 {

namespace os {

// Undoes at its end what was changed about the signals that this thread holds back.
class mask_scope {
public:
    using change = signal_set (*)(signal_set) noexcept;

    mask_scope() = default;
    mask_scope(signal_set changed, change undo) noexcept : changed_(changed), undo_(undo) {}
    mask_scope(mask_scope&& other) noexcept : changed_(std::exchange(other.changed_, {})), undo_(other.undo_) {}
    mask_scope& operator=(mask_scope other) noexcept {
        std::swap(changed_, other.changed_);
        std::swap(undo_, other.undo_);
        return *this;
    }
    ~mask_scope() {
        if (!changed_.empty()) undo_(changed_);
    }

private:
    signal_set changed_;
    change undo_ = nullptr;
};

}  // namespace os

// Holds signals back in this thread for as long as what it gives lives. Those that were not held back before are let through
// then, and what is pending comes.
// Threads: it ends in the one that made it.
// Calls: pthread_sigmask.
[[nodiscard]] inline os::mask_scope block_signals(signal_set signals) noexcept {
    return {signals - os::native_signals::block(signals), os::native_signals::unblock};
}

// Lets signals through in this thread for as long as what it gives lives; those that were held back before are again then.
// Threads: as block_signals.
// Calls: pthread_sigmask.
[[nodiscard]] inline os::mask_scope unblock_signals(signal_set signals) noexcept {
    return {signals & os::native_signals::unblock(signals), os::native_signals::block};
}

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
        auto held_back = block_signals(signals);
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
        held_back_ = {};
    }

private:
    signal_reader(os::mask_scope held_back, os::handle opened) noexcept
        : owner(detail::fresh{opened}), held_back_(std::move(held_back)) {}

    os::mask_scope held_back_;
};

// Waits for one of the signals, held back in this thread meanwhile. One that comes before or afterwards does what it always
// does, unless block_signals holds it back.
// Errors: as signal_reader.
// Calls: pthread_sigmask, signalfd, read, ppoll, close.
[[nodiscard]] result<signal_info> wait_for_signal(signal_set signals, const limit auto&... limits) {
    auto reader = signal_reader::open(signals);
    if (!reader) return failure(reader.error());
    return reader->read(limits...);
}

}  // namespace plumb
