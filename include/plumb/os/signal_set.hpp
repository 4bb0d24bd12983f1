// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/os/signal_number.hpp>

#include <bit>
#include <cstdint>
#include <initializer_list>

namespace plumb::inline v0_1 {

// A set of signals: {signal_number::interrupt, signal_number::terminate}, or a single one.
class signal_set {
public:
    // Goes through the members, the smallest number first.
    class iterator {
    public:
        constexpr explicit iterator(std::uint64_t left) noexcept : left_(left) {}
        [[nodiscard]] constexpr signal_number operator*() const noexcept {
            return static_cast<signal_number>(std::countr_zero(left_) + 1);
        }
        constexpr iterator& operator++() noexcept {
            left_ &= left_ - 1;
            return *this;
        }
        friend constexpr bool operator==(iterator, iterator) noexcept = default;

    private:
        std::uint64_t left_;
    };

    constexpr signal_set() = default;
    constexpr signal_set(signal_number only) noexcept : members_(bit(only)) {}
    constexpr signal_set(std::initializer_list<signal_number> members) noexcept {
        for (auto each : members) members_ |= bit(each);
    }
    // The set of which a signal is a member when the bit at its number minus 1 is set.
    [[nodiscard]] static constexpr signal_set from_bits(std::uint64_t bits) noexcept {
        signal_set made;
        made.members_ = bits;
        return made;
    }
    [[nodiscard]] constexpr std::uint64_t to_bits() const noexcept { return members_; }
    // Every signal there may be.
    [[nodiscard]] static constexpr signal_set all() noexcept { return from_bits(~std::uint64_t{0}); }

    [[nodiscard]] constexpr bool contains(signal_number one) const noexcept { return (members_ & bit(one)) != 0; }
    [[nodiscard]] constexpr bool empty() const noexcept { return members_ == 0; }
    [[nodiscard]] constexpr int size() const noexcept { return std::popcount(members_); }
    [[nodiscard]] constexpr iterator begin() const noexcept { return iterator(members_); }
    [[nodiscard]] constexpr iterator end() const noexcept { return iterator(0); }

    friend constexpr signal_set operator|(signal_set left, signal_set right) noexcept {
        return from_bits(left.members_ | right.members_);
    }
    friend constexpr signal_set operator&(signal_set left, signal_set right) noexcept {
        return from_bits(left.members_ & right.members_);
    }
    // What is in the left one and not in the right one.
    friend constexpr signal_set operator-(signal_set left, signal_set right) noexcept {
        return from_bits(left.members_ & ~right.members_);
    }
    friend constexpr bool operator==(signal_set, signal_set) noexcept = default;

private:
    // Numbers from 1 to 64; no system that we know has others.
    static constexpr std::uint64_t bit(signal_number one) noexcept {
        auto place = static_cast<unsigned>(one) - 1;
        return place < 64 ? std::uint64_t{1} << place : 0;
    }

    std::uint64_t members_ = 0;
};

}  // namespace plumb
