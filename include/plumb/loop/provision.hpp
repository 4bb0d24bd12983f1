// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/core/bytes.hpp>
#include <plumb/loop/buffer_pool.hpp>

#include <cstdint>
#include <utility>

// The buffers from which the system picks when something comes.

namespace plumb::inline v0_1::detail {

// Those that a ring has, each known there by its number. One that shares them puts one part behind another into a buffer until it is
// full: then a few big ones are enough for any number of connections, and stay in the cache. Else each gets one part, and they are
// more, and smaller.
template <class Ring>
class provision {
    using completion = typename Ring::completion;

public:
    explicit provision(Ring& ring) noexcept
        : ring_(ring), count_(ring.shares_buffers() ? few : Ring::most_buffers), pool_(ring.shares_buffers() ? most_lent : small_size, count_) {}
    provision(const provision&) = delete;
    ~provision() {    // nothing is under way any more
        for (auto& one : given_)
            if (one.data) buffer_pool::put_back(one);
    }

    [[nodiscard]] unsigned count() const noexcept { return count_; }
    // Replaces those that are full.
    void fill_up() noexcept {
        while (!given_[next_].data) {
            auto buffer = pool_.take();
            if (!buffer) [[unlikely]] return;
            given_[next_] = ring_.shares_buffers() ? buffer_pool::share_out(buffer) : lent_part{buffer};
            ring_.provide(next_, mutable_bytes(buffer, pool_.size()));
            next_ = (next_ + 1) % count_;
        }
    }
    // Whether the ring has any, or can be given one.
    [[nodiscard]] bool has_any() noexcept {
        fill_up();
        for (auto& one : given_)
            if (one.data) return true;
        return false;
    }
    // The part that was filled, if one was: it is to be put back.
    [[nodiscard]] lent_part take(completion told) noexcept {
        if (!told.has_buffer()) return {};
        auto& rest = given_[told.buffer()];
        auto size = static_cast<std::uint32_t>(told.code);
        auto filled = lent_part{rest.data, size, rest.at};
        if (told.shares_buffer()) {
            buffer_pool::share(rest);
            rest.data += size;
            rest.at += size;
        } else {
            rest = {};
        }
        return filled;
    }

private:
    static constexpr unsigned few = 4;
    static constexpr std::size_t small_size = 64 * 1024;

    Ring& ring_;
    std::uint32_t count_, next_ = 0;    // the one that is to be replaced next
    buffer_pool pool_;
    lent_part given_[Ring::most_buffers];    // what is left of each
};

}  // namespace plumb::detail
