// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/core/version.hpp>

#include <cstddef>
#include <new>
#include <utility>

// Elements in a row that grows. std::vector costs a compiler as much for each type of element as 400 lines do: it stands where
// programs see it, and this where they do not.

namespace plumb::inline v0_1::detail {

// Of what can be made of nothing and moved without failing. An element that was taken out goes with the array, or with what comes
// to its place.
template <class T>
class dynamic_array {
public:
    dynamic_array() = default;
    dynamic_array(dynamic_array&& other) noexcept : first_(other.first_), size_(other.size_), room_(other.room_) {
        other.first_ = nullptr;
        other.size_ = other.room_ = 0;
    }
    dynamic_array(const dynamic_array& other) {
        reserve(other.size_);
        for (auto& each : other) push_back(each);
    }
    dynamic_array& operator=(dynamic_array other) noexcept {
        std::swap(first_, other.first_);
        std::swap(size_, other.size_);
        std::swap(room_, other.room_);
        return *this;
    }
    ~dynamic_array() { delete[] first_; }

    void reserve(std::size_t room) {
        if (room > room_) move_to(new T[room], room);
    }
    // Has room for so many, and where it has to grow for as many again: false when there is no memory for them, and nothing has changed.
    [[nodiscard]] bool make_room(std::size_t count) noexcept {
        if (count <= room_) return true;
        auto room = count > 2 ? count * 2 : 4;
        auto grown = new (std::nothrow) T[room];
        if (grown) move_to(grown, room);
        return grown;
    }
    void push_back(T one) {
        if (size_ == room_) reserve(room_ > 0 ? room_ * 2 : 4);
        first_[size_++] = std::move(one);
    }
    // Puts one before the one at a place.
    void insert(std::size_t place, T one) {
        push_back(std::move(one));
        for (auto last = size_ - 1; last > place; --last) std::swap(first_[last], first_[last - 1]);
    }
    void erase(std::size_t place) noexcept {
        for (--size_; place < size_; ++place) first_[place] = std::move(first_[place + 1]);
    }
    void pop_back() noexcept { --size_; }
    void clear() noexcept { size_ = 0; }

    [[nodiscard]] T* data() noexcept { return first_; }
    [[nodiscard]] const T* data() const noexcept { return first_; }
    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
    [[nodiscard]] T& operator[](std::size_t place) noexcept { return first_[place]; }
    [[nodiscard]] const T& operator[](std::size_t place) const noexcept { return first_[place]; }
    [[nodiscard]] T& front() noexcept { return *first_; }
    [[nodiscard]] const T& front() const noexcept { return *first_; }
    [[nodiscard]] T& back() noexcept { return first_[size_ - 1]; }
    [[nodiscard]] T* begin() noexcept { return first_; }
    [[nodiscard]] T* end() noexcept { return first_ + size_; }
    [[nodiscard]] const T* begin() const noexcept { return first_; }
    [[nodiscard]] const T* end() const noexcept { return first_ + size_; }

private:
    void move_to(T* grown, std::size_t room) noexcept {
        for (std::size_t place = 0; place < size_; ++place) grown[place] = std::move(first_[place]);
        delete[] first_;
        first_ = grown;
        room_ = room;
    }

    T* first_ = nullptr;
    std::size_t size_ = 0, room_ = 0;
};

}  // namespace plumb::detail
