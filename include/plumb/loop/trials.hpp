// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/loop/proactor.hpp>

#include <cstdint>

// Sends that the system tells of only when they fail.

namespace plumb::inline v0_1::detail {

// Operations that are tried in silence, in the order in which they were handed over. What the system has been given and has
// not told of when the call that gave it returns has gone, all of it.
class trials {
public:
    struct trial {
        operation* of = nullptr;    // none when it failed, or went elsewhere
        std::uint32_t size = 0;     // of all of it
    };

    [[nodiscard]] bool is_empty() const noexcept { return first_ == last_; }
    [[nodiscard]] bool is_full() const noexcept { return last_ - first_ == most; }
    // There must be room.
    void add(operation& tried, std::uint32_t size) noexcept { all_[last_++ % most] = {&tried, size}; }
    // All that have been added so far are with the system.
    void submit() noexcept { submitted_ = last_; }
    // Whether there is one with the system, and the first of them, which is none any more.
    [[nodiscard]] bool has_submitted() const noexcept { return first_ != submitted_; }
    [[nodiscard]] trial take() noexcept { return all_[first_++ % most]; }
    // Forgets one.
    void drop(const operation& gone) noexcept {
        for (auto i = first_; i != last_; ++i)
            if (all_[i % most].of == &gone) return void(all_[i % most].of = nullptr);
    }
    void clear() noexcept { first_ = submitted_ = last_; }

private:
    static constexpr std::uint32_t most = 256;

    trial all_[most];
    std::uint32_t first_ = 0, submitted_ = 0, last_ = 0;
};

}  // namespace plumb::detail
