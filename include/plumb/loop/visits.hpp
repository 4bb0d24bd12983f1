// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/loop/chore.hpp>
#include <plumb/loop/inlet.hpp>
#include <plumb/loop/registry.hpp>

#include <utility>

// The inlets that are to be looked at in the next turn.

namespace plumb::inline v0_1::detail {

// Each stands there once at most, in the order in which they were added. A turn ends with the `most`th visit that lets something
// flow again: the buffers may be used up by then.
class visits : public chore {
public:
    visits(loop_state& loop, registry<inlet>& places, unsigned most) noexcept : chore(loop), places_(places), most_(most) {}

    void visit_later(inlet& one) noexcept {
        if (one.visited) return;
        one.visited = true;
        if (count_++ == 0) first_ = one.place;
        else places_[last_].next_visited = one.place;
        last_ = one.place;
        come_soon();
    }
    // Whether some are still to be visited.
    [[nodiscard]] bool awaits_visits() const noexcept { return count_ > 0; }
    void proceed() override {
        auto worth = most_;
        for (auto left = count_; left > 0 && worth > 0; --left) {
            auto& one = places_[std::exchange(first_, places_[first_].next_visited)];
            one.visited = false;
            if (--count_ > 0) come_soon();    // though a visit may throw
            if (visit(one)) --worth;
        }
        if (count_ == 0) leave_queue();
    }

protected:
    ~visits() = default;
    // Whether it lets something flow again. It may add others, and itself.
    virtual bool visit(inlet& one) = 0;

private:
    registry<inlet>& places_;
    std::uint32_t first_ = 0, last_ = 0;
    unsigned count_ = 0, most_;
};

}  // namespace plumb::detail
