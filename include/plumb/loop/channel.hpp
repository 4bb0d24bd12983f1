// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/loop/loop.hpp>
#include <plumb/loop/task.hpp>
#include <plumb/loop/until.hpp>

#include <utility>
#include <vector>

// Values from one coroutine to another.

namespace plumb::inline v0_1 {

// A queue between coroutines of one loop, which holds no more than so many values: what a slow taker leaves behind is bounded,
// and the giver knows of it.
// Threads: its loop's; others post to it: loop.post([&] { channel.push(1); }).
// Cost: a place for each value from the start; no allocation after that but in pop.
template <class T>
class channel {
    struct filled {
        channel& from;
        [[nodiscard]] bool is_met() const noexcept { return from.size_ > 0 || from.closed_; }
        [[nodiscard]] detail::suspension_queue& watchers() const noexcept { return from.takers_; }
        [[nodiscard]] detail::loop_state& loop() const noexcept { return from.loop_; }
    };

public:
    channel(loop& in, std::size_t most) : loop_(in.state()), values_(most) {}
    channel(const channel&) = delete;

    [[nodiscard]] std::size_t size() const noexcept { return size_; }

    // Puts a value in; false when the channel is full or closed: then it is lost.
    [[nodiscard]] bool push(T value) {
        if (closed_ || size_ == values_.size()) return false;
        values_[(first_ + size_++) % values_.size()] = std::move(value);
        loop_.ready.append(takers_);    // those that find nothing wait on
        return true;
    }

    // Waits for the next value and takes it.
    // Errors: condition::end_of_stream when the channel is closed and empty; by the limits. Cost: one allocation.
    template <limit... Limits>
    [[nodiscard]] task<result<T>> pop(Limits... limits) {
        auto outcome = co_await detail::until<filled, Limits...>(filled{*this}, limits...);
        if (!outcome) co_return failure(outcome.error().during(verb::receive));
        if (size_ == 0) co_return failure(verb::receive, condition::end_of_stream);
        --size_;
        co_return std::move(values_[std::exchange(first_, (first_ + 1) % values_.size())]);
    }

    // Takes no more; what is in it may still be taken.
    void close() noexcept {
        closed_ = true;
        loop_.ready.append(takers_);
    }

private:
    detail::loop_state& loop_;
    std::vector<T> values_;
    std::size_t first_ = 0, size_ = 0;
    bool closed_ = false;
    detail::suspension_queue takers_;
};

}  // namespace plumb
