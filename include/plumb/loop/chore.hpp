// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/loop/loop_state.hpp>

// What the loop itself has to do.

namespace plumb::inline v0_1::detail {

// Something to be done by proceed() in the loop's next turn, for which the loop then does not wait. No coroutine goes on there.
class chore : public suspension {
public:
    explicit chore(loop_state& loop) noexcept : loop_(loop) { enter(std::coroutine_handle<>(std::noop_coroutine()), loop.stray); }

    void come_soon() noexcept {
        if (!is_queued()) loop_.ready.push_back(*this);
    }
    void cancel(condition) noexcept override {}

protected:
    ~chore() { abandon(); }

    loop_state& loop_;
};

}  // namespace plumb::detail
