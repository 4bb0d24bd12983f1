// SPDX-License-Identifier: BSL-1.0
#include <plumb/os/signal_number.hpp>

#include <doctest/doctest.h>

using namespace plumb;

TEST_CASE("signals print as the names that programs know them by") {
    CHECK(to_string(signal_number::interrupt) == "SIGINT");
    CHECK(to_string(signal_number::terminate) == "SIGTERM");
    CHECK(to_string(static_cast<signal_number>(99)) == "signal 99");
    CHECK(static_cast<int>(signal_number::interrupt) == 2);
    CHECK(static_cast<int>(signal_number::terminate) == 15);
}
