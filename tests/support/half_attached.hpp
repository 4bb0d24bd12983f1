// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/loop/async_stream.hpp>

#include "loopback.hpp"

#include <utility>

namespace support {

// A connection in a loop, and its other end outside.
template <class P>
struct half {
    plumb::async_socket<P> ours;
    typename P::socket theirs;
    explicit half(plumb::loop& in) {
        auto [one, other] = connected<P>();
        ours = in.attach(std::move(one)).value();
        theirs = std::move(other);
    }
};
using half_attached = half<plumb::tcp>;

[[nodiscard]] inline bool has_uring() { return plumb::loop(plumb::driver::uring).current_driver() == plumb::driver::uring; }

}  // namespace support
