// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/os/signal_number.hpp>

#include <csignal>

namespace plumb::inline v0_1 {

enum class signal_number : int {
    hangup = SIGHUP,
    interrupt = SIGINT,    // Ctrl-C
    quit = SIGQUIT,
    illegal_instruction = SIGILL,
    trap = SIGTRAP,
    abort = SIGABRT,
    bus_error = SIGBUS,
    arithmetic_error = SIGFPE,
    kill = SIGKILL,    // cannot be caught, blocked or ignored
    user_1 = SIGUSR1,
    segmentation_fault = SIGSEGV,
    user_2 = SIGUSR2,
    broken_pipe = SIGPIPE,
    alarm = SIGALRM,
    terminate = SIGTERM,
    child = SIGCHLD,
    resume = SIGCONT,
    stop = SIGSTOP,    // cannot be caught, blocked or ignored
    terminal_stop = SIGTSTP,
    terminal_input = SIGTTIN,
    terminal_output = SIGTTOU,
    urgent_data = SIGURG,
    processor_limit = SIGXCPU,
    file_size_limit = SIGXFSZ,
    virtual_alarm = SIGVTALRM,
    profiling_alarm = SIGPROF,
    window_size = SIGWINCH,
    pollable = SIGPOLL,
    power_failure = SIGPWR,
    bad_system_call = SIGSYS,
};

namespace detail {

struct named_signal {
    signal_number number;
    char name[12];
};

inline constexpr named_signal named_signals[] = {
    {signal_number::hangup, "SIGHUP"},
    {signal_number::interrupt, "SIGINT"},
    {signal_number::quit, "SIGQUIT"},
    {signal_number::illegal_instruction, "SIGILL"},
    {signal_number::trap, "SIGTRAP"},
    {signal_number::abort, "SIGABRT"},
    {signal_number::bus_error, "SIGBUS"},
    {signal_number::arithmetic_error, "SIGFPE"},
    {signal_number::kill, "SIGKILL"},
    {signal_number::user_1, "SIGUSR1"},
    {signal_number::segmentation_fault, "SIGSEGV"},
    {signal_number::user_2, "SIGUSR2"},
    {signal_number::broken_pipe, "SIGPIPE"},
    {signal_number::alarm, "SIGALRM"},
    {signal_number::terminate, "SIGTERM"},
    {signal_number::child, "SIGCHLD"},
    {signal_number::resume, "SIGCONT"},
    {signal_number::stop, "SIGSTOP"},
    {signal_number::terminal_stop, "SIGTSTP"},
    {signal_number::terminal_input, "SIGTTIN"},
    {signal_number::terminal_output, "SIGTTOU"},
    {signal_number::urgent_data, "SIGURG"},
    {signal_number::processor_limit, "SIGXCPU"},
    {signal_number::file_size_limit, "SIGXFSZ"},
    {signal_number::virtual_alarm, "SIGVTALRM"},
    {signal_number::profiling_alarm, "SIGPROF"},
    {signal_number::window_size, "SIGWINCH"},
    {signal_number::pollable, "SIGPOLL"},
    {signal_number::power_failure, "SIGPWR"},
    {signal_number::bad_system_call, "SIGSYS"},
};

}  // namespace detail

[[nodiscard]] inline std::string to_string(signal_number number) {
    for (auto& known : detail::named_signals)
        if (known.number == number) return known.name;
    auto value = static_cast<int>(number);
    if (value >= SIGRTMIN && value <= SIGRTMAX) return "SIGRTMIN+" + std::to_string(value - SIGRTMIN);
    return "signal " + std::to_string(value);
}

[[nodiscard]] inline result<signal_number> real_time_signal(int index) noexcept {
    if (index < 0 || index > SIGRTMAX - SIGRTMIN) return failure(verb::signal, std::errc::invalid_argument);
    return static_cast<signal_number>(SIGRTMIN + index);
}

}  // namespace plumb
