// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/core/bytes.hpp>
#include <plumb/os/borrowed_handle.hpp>

#include <concepts>
#include <cstddef>
#include <span>
#include <utility>

// What stands in braces where something is awaited.

namespace plumb::inline v0_1::detail {

// A few things of one kind, given in braces and kept by value: {head, body}. A std::initializer_list refers to an array, which g++ 12
// does not keep in the frame of a coroutine ("array used as initializer"). `Fewest` keeps it apart from what one thing may be.
template <class T, std::size_t Fewest>
class braced {
public:
    static constexpr std::size_t most = 8;

    template <std::convertible_to<T>... Things>
        requires(sizeof...(Things) >= Fewest && sizeof...(Things) <= most)
    braced(Things&&... things) noexcept : things_{T(std::forward<Things>(things))...}, size_(sizeof...(Things)) {}
    template <std::convertible_to<T>... Things>
        requires(sizeof...(Things) > most)
    braced(Things&&...) {
        static_assert(sizeof...(Things) <= most, "no more than eight stand in braces where they are awaited: give a std::span of an array");
    }

    [[nodiscard]] std::span<const T> all() const noexcept { return {things_, size_}; }

private:
    T things_[most];
    std::size_t size_;
};
using braced_bytes = braced<bytes, 2>;
using braced_handles = braced<borrowed_handle, 1>;

}  // namespace plumb::detail
