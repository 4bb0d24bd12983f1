// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/os/answer.hpp>
#include <plumb/os/shared.hpp>
#include <plumb/os/signal_set.hpp>
#include <plumb/os/thread.hpp>

// What the system does when a signal comes, one signal and one call each:
//   native_signals::action                     what happens when it comes
//   native_signals::listen(number)             from now on it is told to its listener; gives what happened before.
//                                              Errors: invalid_argument for what cannot be caught, and for the faults of
//                                              the program itself, which would come again for ever.
//   native_signals::ignore(number)             from now on nothing happens; gives what happened before
//   native_signals::restore(number, action)    what happened before happens again
//   native_signals::forget(number, action)     the same, if it is still told to its listener
//   native_signals::raise(number)              it comes to this thread
//   native_signals::process()                  the number of this process
// and on POSIX alone:
//   native_signals::block(set)  unblock(set)   this thread holds them back as well, or no longer; gives what it held back before
//   native_signals::open(set)                  a handle to read them from, never inherited; they must be held back
//   native_signals::read(handle)               the next one, or resource_unavailable_try_again
//   native_signals::close(handle)

namespace plumb::inline v0_1::os {

// Is told of signals, inside the system's handler: from any thread and at any moment, between any two instructions of it.
struct signal_listener : counted {
    virtual ~signal_listener() = default;
    // May do nothing but lock-free stores and a wake.
    virtual void noted(signal_number) noexcept {}
};

// Held by whoever changes what is done about signals, and by a fork, whose copy must not begin in the middle of such a change.
// No handler takes it.
[[nodiscard]] inline native_threads::mutex& signal_changes() noexcept {
    static native_threads::mutex one;
    return one;
}

// Tells a signal to its listener, and says whether it has one. Called by the handler, defined in os/signal_scope.hpp.
bool tell_signal(signal_number number) noexcept;

}  // namespace plumb::os

#if defined(PLUMB_OS_WINDOWS)
#include <plumb/os/windows/signals.hpp>
#else
#include <plumb/os/posix/signals.hpp>
#endif
