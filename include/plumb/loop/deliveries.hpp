// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/core/dynamic_array.hpp>
#include <plumb/core/error.hpp>
#include <plumb/core/result.hpp>
#include <plumb/loop/buffer_pool.hpp>
#include <plumb/os/native.hpp>

#include <cstdint>
#include <string>
#include <utility>

// What has come before anybody waited for it.

namespace plumb::inline v0_1::detail {

// All that has come for a handle which leaves its loop. Handles that nobody takes out are closed.
struct arrivals {
    std::string bytes;
    dynamic_array<os::handle> handles;
    result<void> outcome;    // the error that has come after them

    arrivals() = default;
    arrivals(const arrivals&) = delete;
    ~arrivals() {
        for (auto each : handles) os::native::close(each);
    }
};

// Bytes in a lent buffer, a handle, or that a stream has ended or broken.
struct delivery {
    result<std::size_t> outcome = 0;    // a count, or a handle
    lent_part lent{};
    std::uint32_t next = 0;
};

// Queues of deliveries, any number of them in one pool: an empty queue costs eight bytes, a fuller one allocates nothing once the
// pool has grown. What has come cannot be refused: without memory for it the program ends.
class delivery_pool {
public:
    delivery_pool() { all_.reserve(64); }

    class queue {
    public:
        [[nodiscard]] bool is_empty() const noexcept { return count_ == 0; }
        [[nodiscard]] unsigned count() const noexcept { return count_; }

    private:
        friend class delivery_pool;
        std::uint32_t last_ = 0;    // whose next is the first
        std::uint16_t count_ = 0;
    };

    void push(queue& to, const delivery& added) noexcept {
        auto place = free_;
        if (place == nowhere) {
            place = static_cast<std::uint32_t>(all_.size());
            all_.push_back(added);
        } else {
            free_ = all_[place].next;
            all_[place] = added;
        }
        if (to.is_empty()) all_[place].next = place;
        else all_[place].next = std::exchange(all_[to.last_].next, place);
        to.last_ = place;
        ++to.count_;
    }
    [[nodiscard]] delivery& front(const queue& of) noexcept { return all_[all_[of.last_].next]; }
    // Looks at all of them, in order.
    void for_each(const queue& of, auto look) const {
        auto place = of.last_;
        for (auto left = of.count_; left > 0; --left) look(all_[place = all_[place].next]);
    }
    void pop(queue& from) noexcept {
        auto& last = all_[from.last_];
        auto place = std::exchange(last.next, all_[last.next].next);
        all_[place].next = free_;
        free_ = place;
        --from.count_;
    }

private:
    static constexpr std::uint32_t nowhere = 0xffff'ffff;

    dynamic_array<delivery> all_;
    std::uint32_t free_ = nowhere;
};

}  // namespace plumb::detail
