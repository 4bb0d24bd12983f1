// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/os/platform.hpp>

// A value that several threads use at once, every operation sequentially consistent: the compiler's own operations, since
// <atomic> would add 3,400 lines to every program for the few that are needed here.

namespace plumb::inline v0_1::os {

// An integer, an enumerator, a bool or a pointer, shared between threads and with signal handlers.
template <class T>
class atomic {
public:
    constexpr explicit atomic(T first) noexcept : value_(first) {}
    atomic(const atomic&) = delete;

    [[nodiscard]] T load() const noexcept {
        T value;
        __atomic_load(&value_, &value, __ATOMIC_SEQ_CST);
        return value;
    }
    void store(T value) noexcept { __atomic_store(&value_, &value, __ATOMIC_SEQ_CST); }
    // Puts a value in and gives what was there.
    T exchange(T value) noexcept {
        T before;
        __atomic_exchange(&value_, &value, &before, __ATOMIC_SEQ_CST);
        return before;
    }
    // Puts a value in where the expected one is; else `expected` becomes what is there.
    [[nodiscard]] bool compare_exchange(T& expected, T value) noexcept {
        return __atomic_compare_exchange(&value_, &expected, &value, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
    }
    // Sets bits, and gives what is then there.
    T set_bits(T bits) noexcept { return __atomic_or_fetch(&value_, bits, __ATOMIC_SEQ_CST); }
    // Adds, and gives the sum.
    T add(T more) noexcept { return __atomic_add_fetch(&value_, more, __ATOMIC_SEQ_CST); }

private:
    T value_;
};

}  // namespace plumb::os
