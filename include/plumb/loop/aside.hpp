// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/core/dynamic_array.hpp>
#include <plumb/loop/chore.hpp>
#include <plumb/os/poll.hpp>

// What was told while something else was waited for.

namespace plumb::inline v0_1::detail {

// The completions that a ring told of at the wrong moment: the next turn begins with them, and does not wait. They cannot be refused:
// without memory for them the program ends.
template <class Ring>
class aside final : public chore {
    using completion = typename Ring::completion;

public:
    aside(loop_state& loop, Ring& ring) : chore(loop), ring_(ring) { told_.reserve(64); }

    [[nodiscard]] bool is_empty() const noexcept { return told_.empty(); }
    void put(completion told) noexcept {
        told_.push_back(told);
        come_soon();
    }
    // Puts here all that the ring has told.
    void put_all_told() noexcept {
        while (ring_.has_completions()) put(ring_.take_completion());
    }
    // Takes what is wanted of all that comes, for as long as more of it is awaited, and puts the rest here.
    void sift(auto awaits_more, auto take_if_wanted) noexcept {
        for (auto i = next_; awaits_more() && i < told_.size(); ++i)
            if (take_if_wanted(told_[i])) told_[i].token = 0;
        while (awaits_more() && ring_.enter(1, forever))
            while (ring_.has_completions())
                if (auto told = ring_.take_completion(); !take_if_wanted(told)) put(told);
    }
    void for_each(auto look) const {
        for (auto i = next_; i < told_.size(); ++i) look(told_[i]);
    }
    // Takes all that is here. If that throws, the next call goes on with those that are left.
    void take_all(auto take) {
        while (next_ < told_.size()) take(told_[next_++]);
        told_.clear();
        next_ = 0;
    }

    void proceed() override {
        if (!is_empty()) come_soon();
    }

private:
    Ring& ring_;
    dynamic_array<completion> told_;
    std::size_t next_ = 0;    // of them
};

}  // namespace plumb::detail
