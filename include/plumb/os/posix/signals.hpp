// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/os/handle.hpp>
#include <plumb/os/posix/failure.hpp>
#include <plumb/os/signals.hpp>

#include <csignal>
#include <sys/signalfd.h>
#include <unistd.h>

namespace plumb::inline v0_1 {

// A signal that has come, and from where.
struct signal_info {
    signal_number number{};
    int sender = 0;       // the process that sent it, or the child that it tells of; 0 when the system did
    unsigned user = 0;    // the real user of that process
    int value = 0;        // what came with it from sigqueue; of signal_number::child the exit code or the signal that ended it
    int code = 0;         // si_code: SI_USER, SI_QUEUE, CLD_EXITED …

    friend bool operator==(const signal_info&, const signal_info&) noexcept = default;
};

namespace os {

struct native_signals {
    using action = struct sigaction;

    // Calls: sigaction(SA_RESTART | SA_ONSTACK), every signal held back while the handler runs.
    [[nodiscard]] static answer<action> listen(signal_number number) noexcept {
        constexpr signal_set faults{signal_number::illegal_instruction, signal_number::bus_error, signal_number::arithmetic_error,
                                    signal_number::segmentation_fault};
        if (faults.contains(number)) return failure(verb::signal, std::errc::invalid_argument);
        return change(number, handler, SA_RESTART | SA_ONSTACK);
    }
    [[nodiscard]] static answer<action> ignore(signal_number number) noexcept { return change(number, SIG_IGN, 0); }
    static void restore(signal_number number, const action& before) noexcept {
        ::sigaction(static_cast<int>(number), &before, nullptr);
    }
    static void forget(signal_number number, const action& before) noexcept {
        action now;
        ::sigaction(static_cast<int>(number), nullptr, &now);
        if (now.sa_handler == handler) restore(number, before);
    }
    static void raise(signal_number number) noexcept { ::raise(static_cast<int>(number)); }
    [[nodiscard]] static int process() noexcept { return ::getpid(); }

    // Calls: pthread_sigmask.
    static signal_set block(signal_set more) noexcept { return change_mask(SIG_BLOCK, more); }
    static signal_set unblock(signal_set fewer) noexcept { return change_mask(SIG_UNBLOCK, fewer); }

    // Calls: signalfd.
    [[nodiscard]] static answer<handle> open(signal_set signals) noexcept {
        auto native = to_native(signals);
        auto made = ::signalfd(none, &native, SFD_CLOEXEC | SFD_NONBLOCK);
        if (made == none) return failure(last_error(verb::signal));
        return made;
    }
    [[nodiscard]] static answer<signal_info> read(handle from) noexcept {
        signalfd_siginfo told;
        if (::read(from, &told, sizeof told) == -1) return failure(last_error(verb::signal));
        auto number = static_cast<signal_number>(told.ssi_signo);
        return signal_info{.number = number,
                           .sender = static_cast<int>(told.ssi_pid),
                           .user = told.ssi_uid,
                           .value = number == signal_number::child ? told.ssi_status : told.ssi_int,
                           .code = told.ssi_code};
    }
    static void close(handle from) noexcept { ::close(from); }

private:
    [[nodiscard]] static answer<action> change(signal_number number, void (*to)(int), int flags) noexcept {
        action wanted{}, before;
        wanted.sa_handler = to;
        wanted.sa_flags = flags;
        ::sigfillset(&wanted.sa_mask);
        if (::sigaction(static_cast<int>(number), &wanted, &before) == -1) return failure(last_error(verb::signal));
        return before;
    }

    static void handler(int number) noexcept {
        auto saved = errno;
        tell_signal(static_cast<signal_number>(number));
        errno = saved;
    }

    [[nodiscard]] static signal_set change_mask(int how, signal_set signals) noexcept {
        auto native = to_native(signals);
        sigset_t before;
        ::pthread_sigmask(how, &native, &before);
        return from_native(before);
    }
    [[nodiscard]] static sigset_t to_native(signal_set signals) noexcept {
        sigset_t native;
        ::sigemptyset(&native);
        for (auto each : signals) ::sigaddset(&native, static_cast<int>(each));
        return native;
    }
    [[nodiscard]] static signal_set from_native(const sigset_t& native) noexcept {
        std::uint64_t bits = 0;
        for (int number = 1; number <= 64; ++number)
            if (::sigismember(&native, number) == 1) bits |= std::uint64_t{1} << (number - 1);
        return signal_set::from_bits(bits);
    }
};

}  // namespace os

}  // namespace plumb
