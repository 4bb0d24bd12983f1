// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/os/signal_number.hpp>

namespace plumb::inline v0_1 {

// The numbers are those of the C library's <signal.h>.
enum class signal_number : int {
    interrupt = 2,         // CTRL_C_EVENT
    terminate = 15,        // CTRL_CLOSE_EVENT, CTRL_LOGOFF_EVENT, CTRL_SHUTDOWN_EVENT
    control_break = 21,    // CTRL_BREAK_EVENT
};

[[nodiscard]] inline std::string to_string(signal_number number) {
    switch (number) {
    case signal_number::interrupt: return "SIGINT";
    case signal_number::terminate: return "SIGTERM";
    case signal_number::control_break: return "SIGBREAK";
    }
    return "signal " + std::to_string(static_cast<int>(number));
}

}  // namespace plumb
