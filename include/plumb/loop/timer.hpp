// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/core/deadline.hpp>
#include <plumb/core/dynamic_array.hpp>

#include <cstdint>

// What is to happen at a moment.

namespace plumb::inline v0_1::detail {

// Something that is due at a moment. Whoever waits for it derives from it; it leaves its heap when it goes.
class timer {
public:
    timer() = default;
    timer(const timer&) = delete;
    inline ~timer();

    [[nodiscard]] bool is_set() const noexcept { return heap_; }
    inline void stop() noexcept;

    // The moment has come. The timer is no longer set.
    virtual void ring() noexcept = 0;

private:
    friend class timer_heap;
    class timer_heap* heap_ = nullptr;
    std::uint32_t place_ = 0;
};

// Timers in the order in which they are due. A heap of four branches: half as deep as one of two, and the branches of a knot
// lie in one cache line.
// Cost: set and stop O(log n), the next one O(1); 16 bytes a timer, allocated as the heap grows. One that is set anew while it rings
// needs none.
class timer_heap {
public:
    [[nodiscard]] bool is_empty() const noexcept { return knots_.empty(); }
    // When the next one is due; `forever` when none is set.
    [[nodiscard]] instant next() const noexcept { return is_empty() ? forever : knots_.front().due; }

    // Has room for so many timers.
    void reserve(std::size_t count) { knots_.reserve(count); }
    // False when there is no memory for it: then it is not set.
    [[nodiscard]] bool set(timer& one, instant due) noexcept {
        one.stop();
        if (!knots_.make_room(knots_.size() + 1)) return false;
        knots_.push_back({due, &one});
        one.heap_ = this;
        rise(knots_.size() - 1);
        return true;
    }

    // Rings those that are due at that moment, at most as many as are set now: what is set anew meanwhile may wait for the next call.
    void ring_until(instant now) {
        for (auto left = knots_.size(); left > 0 && next() <= now; --left) {
            auto& first = *knots_.front().what;
            first.stop();
            first.ring();
        }
    }

private:
    friend class timer;
    struct knot {
        instant due;
        timer* what;
    };

    void remove(std::size_t place) noexcept {
        auto last = knots_.back();
        knots_.pop_back();
        if (place == knots_.size()) return;
        knots_[place] = last;
        last.what->place_ = static_cast<std::uint32_t>(place);
        sink(place);
        rise(last.what->place_);
    }

    void rise(std::size_t place) noexcept {
        auto moved = knots_[place];
        for (; place > 0; place = (place - 1) / 4) {
            auto& above = knots_[(place - 1) / 4];
            if (above.due <= moved.due) break;
            put(place, above);
        }
        put(place, moved);
    }

    void sink(std::size_t place) noexcept {
        auto moved = knots_[place];
        for (;;) {
            auto first = place * 4 + 1, least = first;
            if (first >= knots_.size()) break;
            for (auto other = first + 1; other < first + 4 && other < knots_.size(); ++other)
                if (knots_[other].due < knots_[least].due) least = other;
            if (knots_[least].due >= moved.due) break;
            put(place, knots_[least]);
            place = least;
        }
        put(place, moved);
    }

    void put(std::size_t place, knot what) noexcept {
        knots_[place] = what;
        what.what->place_ = static_cast<std::uint32_t>(place);
    }

    dynamic_array<knot> knots_;
};

inline void timer::stop() noexcept {
    if (!heap_) return;
    heap_->remove(place_);
    heap_ = nullptr;
}

inline timer::~timer() { stop(); }

}  // namespace plumb::detail
