// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/core/error.hpp>
#include <plumb/core/result.hpp>
#include <plumb/os/handle.hpp>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

// What has come before anybody waited for it.

namespace plumb::inline v0_1::detail {

// All that has come for a handle which leaves its loop.
struct arrivals {
    std::string bytes;
    std::vector<os::handle> handles;
    result<void> outcome;    // the error that has come after them
};

// Bytes in a lent buffer, a handle, or that a stream has ended or broken.
struct delivery {
    result<std::size_t> outcome = 0;    // a count, or a handle
    std::byte* buffer = nullptr;
    std::size_t taken = 0;              // of the bytes, by a read that wanted fewer
    std::uint32_t next = 0;
};

// Queues of deliveries, any number of them in one pool: an empty queue costs eight bytes, a fuller one allocates nothing once the
// pool has grown.
class delivery_pool {
public:
    class queue {
    public:
        [[nodiscard]] bool is_empty() const noexcept { return count_ == 0; }
        [[nodiscard]] unsigned count() const noexcept { return count_; }

    private:
        friend class delivery_pool;
        std::uint32_t last_ = 0;    // whose next is the first
        std::uint16_t count_ = 0;
    };

    void push(queue& to, const delivery& added) {
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
    void pop(queue& from) noexcept {
        auto& last = all_[from.last_];
        auto place = std::exchange(last.next, all_[last.next].next);
        all_[place].next = free_;
        free_ = place;
        --from.count_;
    }

private:
    static constexpr std::uint32_t nowhere = 0xffff'ffff;

    std::vector<delivery> all_;
    std::uint32_t free_ = nowhere;
};

}  // namespace plumb::detail
