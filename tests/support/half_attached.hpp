// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/loop/async_stream.hpp>

#include "loopback.hpp"

#include <utility>

namespace support {

// A connection in a loop, and its other end outside.
struct half_attached {
    plumb::tcp::async_socket ours;
    plumb::tcp::socket theirs;
    explicit half_attached(plumb::loop& in) {
        auto [one, other] = connected<plumb::tcp>();
        ours = in.attach(std::move(one)).value();
        theirs = std::move(other);
    }
};

[[nodiscard]] inline bool has_uring() { return plumb::loop(plumb::driver::uring).current_driver() == plumb::driver::uring; }

}  // namespace support
