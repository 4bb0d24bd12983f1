// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/core/version.hpp>

// Waiting for a batch, where that is worth it.

namespace plumb::inline v0_1::detail {

// When to wait for many completions rather than for the first: after a try that brought many. One that did not is followed by
// a pause, twice as long each time, so that trying costs a lonely connection next to nothing.
class batch_patience {
public:
    static constexpr unsigned batch = 16;

    [[nodiscard]] bool is_waiting() const noexcept { return waiting_; }
    void learn(unsigned completions) noexcept {
        if (!waiting_) {
            waiting_ = --left_ == 0;
        } else if (completions >= worth_waiting) {
            pause_ = 1;
        } else {
            waiting_ = false;
            left_ = pause_;
            if (pause_ < longest_pause) pause_ *= 2;
        }
    }

private:
    static constexpr unsigned worth_waiting = 4, longest_pause = 1024;

    unsigned pause_ = 1, left_ = 1;
    bool waiting_ = false;
};

}  // namespace plumb::detail
