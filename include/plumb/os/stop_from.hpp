// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/os/stop.hpp>

#include <stop_token>

// The bridge from the standard's stop tokens to ours. Opt-in: <stop_token> is a heavy header, and not every library has it.

namespace plumb::inline v0_1 {

// Makes a token of ours that stops when the standard's does.
[[nodiscard]] inline stop_token stop_from(std::stop_token other) {
    struct linked : detail::stop_state {
        struct wake {
            os::waker* sleeping;
            void operator()() const noexcept { sleeping->wake(); }
        };
        explicit linked(std::stop_token&& watched) : callback(std::move(watched), wake{&waker}) {}
        std::stop_callback<wake> callback;
    };
    return stop_token(os::shared<detail::stop_state>(new linked(std::move(other))));
}

}  // namespace plumb
