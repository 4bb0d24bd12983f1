// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/os/signals.hpp>
#include <plumb/os/windows/failure.hpp>

#include <csignal>

namespace plumb::inline v0_1::os {

// The console tells its programs in a thread that the system starts for it.
struct native_signals {
    struct action {};

    // Calls: SetConsoleCtrlHandler, whose list may have the handler several times.
    [[nodiscard]] static answer<action> listen(signal_number number) noexcept {
        constexpr signal_set known{signal_number::interrupt, signal_number::terminate, signal_number::control_break};
        if (!known.contains(number)) return failure(verb::signal, std::errc::invalid_argument);
        if (!::SetConsoleCtrlHandler(handler, TRUE)) return failure(last_error(verb::signal));
        return action{};
    }
    [[nodiscard]] static answer<action> ignore(signal_number number) noexcept { return listen(number); }
    static void restore(signal_number, action) noexcept { ::SetConsoleCtrlHandler(handler, FALSE); }
    static void forget(signal_number, action) noexcept {}    // there is no fork
    static void raise(signal_number number) noexcept { ::raise(static_cast<int>(number)); }
    [[nodiscard]] static int process() noexcept { return static_cast<int>(::GetCurrentProcessId()); }

    // A program that has been told of its end has some seconds, and only for as long as this does not return.
    static BOOL WINAPI handler(DWORD event) noexcept {
        auto number = event == CTRL_C_EVENT       ? signal_number::interrupt
                      : event == CTRL_BREAK_EVENT ? signal_number::control_break
                                                  : signal_number::terminate;
        auto saved = ::GetLastError();
        auto heard = tell_signal(number);
        if (heard && number == signal_number::terminate) ::Sleep(INFINITE);
        ::SetLastError(saved);
        return heard;
    }
};

}  // namespace plumb::os
