// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/core/dynamic_array.hpp>
#include <plumb/loop/registration.hpp>

#include <cstdint>
#include <new>
#include <utility>

// Where a driver keeps what it knows of open handles.

namespace plumb::inline v0_1::detail {

// The registrations of a loop: Place is one, or derives from it. They lie still, are known by their numbers, and are used again.
// One that wants to know its number has be_at(number).
template <class Place>
class registry {
public:
    registry() = default;
    registry(const registry&) = delete;
    ~registry() {
        for (auto chunk : chunks_) delete[] chunk;
    }

    // None when there is no memory for one.
    [[nodiscard]] Place* take(loop_state& loop, os::handle handle) noexcept {
        if (!free_ && !grow()) return nullptr;
        auto taken = std::exchange(free_, free_->next);
        taken->loop = &loop;
        taken->handle = handle;
        return static_cast<Place*>(taken);
    }
    void put_back(Place& gone) noexcept {
        gone.handle = os::none;
        gone.known = {};    // an operation that was made before may still be awaited
        push(retired_, gone);
    }
    // Nothing that was told before is still to be told: those that went may be used again.
    void recycle() noexcept {
        while (retired_) push(free_, *std::exchange(retired_, retired_->next));
    }

    [[nodiscard]] Place& operator[](std::uint32_t number) noexcept { return chunks_[number / chunk_size][number % chunk_size]; }

private:
    static constexpr std::uint32_t chunk_size = 64;

    static void push(registration*& list, registration& one) noexcept { one.next = std::exchange(list, &one); }

    [[nodiscard]] bool grow() noexcept {
        auto number = static_cast<std::uint32_t>(chunks_.size()) * chunk_size;
        auto chunk = chunks_.make_room(chunks_.size() + 1) ? new (std::nothrow) Place[chunk_size] : nullptr;
        if (!chunk) return false;
        chunks_.push_back(chunk);
        for (auto i = chunk_size; i-- > 0;) {
            if constexpr (requires { chunk->be_at(number); }) chunk[i].be_at(number + i);
            push(free_, chunk[i]);
        }
        return true;
    }

    dynamic_array<Place*> chunks_;
    registration* free_ = nullptr;
    registration* retired_ = nullptr;    // those that went since recycle()
};

}  // namespace plumb::detail
