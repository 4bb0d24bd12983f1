// SPDX-License-Identifier: BSL-1.0
#include <plumb/os/signal_number.hpp>

#include <doctest/doctest.h>

#include <cstring>
#include <string>

using namespace plumb;

TEST_CASE("every signal of this system has the name that its C library gives it") {
    auto named = 0;
    for (int number = 1; number < SIGRTMIN; ++number) {
        auto abbreviation = ::sigabbrev_np(number);
        if (!abbreviation || number == SIGSTKFLT) continue;    // nothing has raised that one since the coprocessors
        CHECK(to_string(static_cast<signal_number>(number)) == "SIG" + std::string(abbreviation));
        ++named;
    }
    CHECK(named == 30);
}

TEST_CASE("real-time signals are counted from the first one") {
    CHECK(static_cast<int>(real_time_signal(0).value()) == SIGRTMIN);
    CHECK(to_string(real_time_signal(3).value()) == "SIGRTMIN+3");
    CHECK(static_cast<int>(real_time_signal(SIGRTMAX - SIGRTMIN).value()) == SIGRTMAX);
    CHECK(real_time_signal(SIGRTMAX - SIGRTMIN + 1).error() == std::errc::invalid_argument);
    CHECK(real_time_signal(-1).error() == std::errc::invalid_argument);
    CHECK(to_string(static_cast<signal_number>(SIGRTMIN - 1)) == "signal 33");    // the C library keeps it for itself
}
