// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/os/process.hpp>
#include <plumb/os/signal_number.hpp>

#include <string>

// How a child process ended, and what a system calls it.

namespace plumb::inline v0_1 {

// How a child ended: it exited with a code, or a signal ended it. There is none before it has ended.
class process_status {
public:
    constexpr explicit process_status(os::ending told) noexcept : told_(told) {}

    // Whether it ended by itself; with code 0 it says that all went well.
    [[nodiscard]] constexpr bool exited() const noexcept { return told_.signal == 0; }
    [[nodiscard]] constexpr bool succeeded() const noexcept { return code() == 0; }
    // The code that it gave: 0 to 255, on Windows 32 bits. If a signal ended it 128 and the signal, as shells say it.
    [[nodiscard]] constexpr int code() const noexcept { return exited() ? static_cast<int>(told_.code) : 128 + told_.signal; }

    // Whether a signal ended it, and which; signal_number{} if none did.
    [[nodiscard]] constexpr bool signaled() const noexcept { return !exited(); }
    [[nodiscard]] constexpr signal_number signal() const noexcept { return static_cast<signal_number>(told_.signal); }
    // Whether its memory was written to a file for a debugger.
    [[nodiscard]] constexpr bool core_dumped() const noexcept { return told_.core_dumped; }

    friend constexpr bool operator==(process_status left, process_status right) noexcept {
        return left.told_.code == right.told_.code && left.told_.signal == right.told_.signal;
    }

    // "exited with 3", "ended by SIGKILL", "ended by SIGSEGV (core dumped)".
    [[nodiscard]] friend std::string to_string(process_status status) {
        if (status.exited()) return "exited with " + std::to_string(status.told_.code);
        return "ended by " + to_string(status.signal()) + (status.core_dumped() ? " (core dumped)" : "");
    }

private:
    os::ending told_;
};

}  // namespace plumb
