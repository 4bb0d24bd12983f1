// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/core/bytes.hpp>

// Some elements in a row, as verbs and the system take them. A std::span would do as well, but what it asks of ranges and iterators
// costs a compiler as much for each type of element, and for each argument that might become one, as 300 lines do.

namespace plumb::inline v0_1::os {

// A view: what it shows must outlive it.
template <class T>
class slice {
public:
    constexpr slice() = default;
    constexpr slice(T* first, std::size_t size) noexcept : first_(first), size_(size) {}

    template <std::size_t Size>
    constexpr slice(T (&array)[Size]) noexcept : slice(array, Size) {}
    // Anything with data() and size(): a std::span, a std::vector …
    template <class Row>
        requires std::same_as<const detail::element_of<Row>, const T>
    constexpr slice(Row&& row) noexcept : slice(row.data(), row.size()) {}

    [[nodiscard]] constexpr T* data() const noexcept { return first_; }
    [[nodiscard]] constexpr std::size_t size() const noexcept { return size_; }
    [[nodiscard]] constexpr bool empty() const noexcept { return size_ == 0; }
    [[nodiscard]] constexpr T& front() const noexcept { return *first_; }
    [[nodiscard]] constexpr T& back() const noexcept { return first_[size_ - 1]; }
    [[nodiscard]] constexpr T& operator[](std::size_t place) const noexcept { return first_[place]; }
    [[nodiscard]] constexpr T* begin() const noexcept { return first_; }
    [[nodiscard]] constexpr T* end() const noexcept { return first_ + size_; }

private:
    T* first_ = nullptr;
    std::size_t size_ = 0;
};

}  // namespace plumb::os
