// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/loop/loop.hpp>

#include <doctest/doctest.h>

#include <string>

// Tests that run in an event loop.

template <>
struct doctest::StringMaker<plumb::error> {
    static doctest::String convert(const plumb::error& told) { return told.message().c_str(); }
};

namespace support {

inline constexpr plumb::driver every_driver[] = {plumb::driver::uring, plumb::driver::epoll, plumb::driver::poll};

// Runs `test(loop)`, a coroutine, on each driver that this system has.
void on_every_driver(auto test) {
    auto ran = 0;
    for (auto which : every_driver) {
        plumb::loop loop(which);
        if (loop.current_driver() != which) continue;
        INFO("driver: ", std::string(name_of(which)));
        loop.run(test(loop));
        ++ran;
    }
    CHECK(ran > 0);
}

}  // namespace support
