// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/os/persist.hpp>
#include <plumb/os/signal_reader.hpp>
#include <plumb/os/signal_scope.hpp>

#include <concepts>
#include <utility>

// What a program does about signals, for as long as it wants to. Nothing is installed unasked, and each of these gives back what
// was there before, flags and mask and all; several may be alive for one signal, and the last one made has it.
// The system's handler notes that a signal came, and no code of yours runs in it. A note says which signals have come, not how
// often: signals merge. Any thread that does not hold a signal back may be the one that notes it. The library's calls go on
// there, and so do others but those that the system never restarts (poll, nanosleep and their like).
// A process that fork has made listens to nothing of this: there a signal does what it did before.

namespace plumb::inline v0_1 {

namespace detail {

// The signals that have come and not been taken yet.
class signal_notes : public os::signal_listener {
public:
    void noted(signal_number number) noexcept override {
        noted_.set_bits(signal_set(number).to_bits());
        waker_.wake();
    }
    [[nodiscard]] os::answer<os::handle> open() { return waker_.open(); }
    [[nodiscard]] signal_set take() noexcept {
        waker_.reset();
        return signal_set::from_bits(noted_.exchange(0));
    }

private:
    os::atomic<std::uint64_t> noted_{0};
    os::waker waker_;
};

// Requests a stop when a signal comes.
struct signal_stopper : os::signal_listener {
    explicit signal_stopper(stop_source stopped) noexcept : source(std::move(stopped)) {}
    void noted(signal_number number) noexcept override {
        came.set_bits(signal_set(number).to_bits());
        source.request_stop();
    }
    stop_source source;
    os::atomic<std::uint64_t> came{0};
};

}  // namespace detail

// Calls a function for signals that have come, when it is asked to: made by on_signal.
// Threads: one at a time dispatches or waits.
template <class Function>
class signal_handler {
public:
    // Calls the function once for each signal that has come since the last time, and says which. Does not wait.
    // What the function throws comes through; the signals that it was not called for are kept for the next time.
    signal_set dispatch() {
        auto came = untold_ = untold_ | notes_->take();
        while (!untold_.empty()) {
            auto next = *untold_.begin();
            untold_ = untold_ - next;
            if constexpr (std::invocable<Function&, signal_number>) function_(next);
            else function_();
        }
        return came;
    }

    // Waits until a signal has come, then the same.
    // Errors: condition::timed_out and condition::cancelled by the limits.
    // Calls: read and ppoll · recv and select.
    [[nodiscard]] result<signal_set> wait(const limit auto&... limits) {
        const auto settled = os::patience_of<os::native>(limits...);
        for (;;) {
            if (auto came = dispatch(); !came.empty()) return came;
            auto ready = os::await<os::native>(verb::signal, event_, os::interest::readable, settled);
            if (!ready) return failure(ready.error());
        }
    }

    // Readable when there may be something to dispatch.
    [[nodiscard]] os::handle native_handle() const noexcept { return event_; }

    signal_handler(os::signal_scope scope, detail::signal_notes& notes, os::handle event, Function function)
        : scope_(std::move(scope)), notes_(&notes), event_(event), function_(std::move(function)) {}

private:
    os::signal_scope scope_;    // which owns the notes
    detail::signal_notes* notes_;
    os::handle event_;
    Function function_;
    signal_set untold_;
};

// Has a function called for signals from now on, by dispatch() or wait() of what it gives: function(number) or function().
// Errors: invalid_argument for what cannot be caught (kill, stop) and for the faults of the program itself
// (segmentation_fault and its like); too_many_files_open.
// Calls: sigaction, eventfd · SetConsoleCtrlHandler.
template <class Function>
[[nodiscard]] result<signal_handler<Function>> on_signal(signal_set signals, Function function) {
    static_assert(std::invocable<Function&, signal_number> || std::invocable<Function&>,
                  "what on_signal calls takes a signal_number or nothing");
    auto notes = new detail::signal_notes;
    os::shared<os::signal_listener> listener(notes);
    auto event = notes->open();
    if (!event) return failure(event.error().during(verb::signal));
    auto scope = os::signal_scope::listen(signals, std::move(listener));
    if (!scope) return failure(scope.error());
    return signal_handler<Function>(*std::move(scope), *notes, *event, std::move(function));
}

// Gives tokens of a stop that a signal requests: made by stop_on. A stop that was requested stays so.
// Threads: any may ask.
class signal_stop {
public:
    [[nodiscard]] stop_token token() const noexcept { return stopper_->source.token(); }
    [[nodiscard]] bool stop_requested() const noexcept { return stopper_->source.stop_requested(); }
    // Which of the signals have come.
    [[nodiscard]] signal_set came() const noexcept { return signal_set::from_bits(stopper_->came.load()); }

    signal_stop(os::signal_scope scope, detail::signal_stopper& stopper) noexcept : scope_(std::move(scope)), stopper_(&stopper) {}

private:
    os::signal_scope scope_;    // which owns the stopper
    detail::signal_stopper* stopper_;
};

// Has signals request a stop from now on: of a new source, or of one of yours.
//     auto stop = stop_on({signal_number::interrupt, signal_number::terminate}).value();
//     auto peer = server.accept(stop.token());
// Errors: as on_signal.
// Calls: sigaction · SetConsoleCtrlHandler.
[[nodiscard]] inline result<signal_stop> stop_on(signal_set signals, stop_source source = {}) {
    auto stopper = new detail::signal_stopper(std::move(source));
    auto scope = os::signal_scope::listen(signals, os::shared<os::signal_listener>(stopper));
    if (!scope) return failure(scope.error());
    return signal_stop(*std::move(scope), *stopper);
}

// Ignores signals for as long as what it gives lives. Programs that are started meanwhile do not
// ignore them, unless spawn_options::inherit_signals says so.
// Of signal_number::child it means that the system collects the children, and nobody may learn how they ended.
// Errors: invalid_argument for kill and stop.
// Calls: sigaction · SetConsoleCtrlHandler.
[[nodiscard]] inline result<os::signal_scope> ignore_signals(signal_set signals) { return os::signal_scope::ignore(signals); }

}  // namespace plumb
