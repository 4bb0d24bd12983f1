// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/loop/suspension.hpp>
#include <plumb/os/socket.hpp>

#include <bit>
#include <cstdint>

// The place of an open handle in a loop, and what is known there.

namespace plumb::inline v0_1::detail {

struct loop_state;
class operation;

// What is known of one direction of a handle: whether a try may succeed, and who tells when it may.
// A driver that hands over whole operations knows nothing, so that nothing is tried, but for an answer that goes alone.
class outlook {
public:
    outlook() = default;
    // `unasked`: that a try may succeed is told whenever it becomes true, whether somebody waits for it or not.
    constexpr explicit outlook(bool unasked, bool ready = false) noexcept : known_((unasked ? is_told_unasked : 0) | (ready ? is_ready : 0)) {}

    [[nodiscard]] bool is_good() const noexcept { return (known_ & (is_ready | stays_ready)) != 0; }
    // Whether there is nothing to do but to wait for what is told.
    [[nodiscard]] bool will_be_told() const noexcept { return known_ == is_told_unasked; }

    // The handle is ready; it stays so though a try comes back short, since no event will tell of what is left.
    void tell() noexcept { known_ |= is_ready; }
    void tell_for_good() noexcept { known_ |= stays_ready; }
    // A try came back short: another would be in vain.
    void exhaust() noexcept { known_ &= static_cast<std::uint8_t>(~is_ready); }
    // A try was refused.
    void refuse() noexcept { known_ &= is_told_unasked; }
    // No event need follow: the driver has to be asked for one; and it has been.
    void doubt() noexcept { known_ &= static_cast<std::uint8_t>(~is_told_unasked); }
    void trust() noexcept { known_ |= is_told_unasked; }

private:
    static constexpr std::uint8_t is_ready = 1, stays_ready = 2, is_told_unasked = 4;
    std::uint8_t known_ = 0;
};

// Of both directions.
struct outlooks {
    outlook reading, writing;

    friend bool operator==(const outlooks& left, const outlooks& right) noexcept { return std::bit_cast<std::uint16_t>(left) == std::bit_cast<std::uint16_t>(right); }
};

// Operations that wait for the same, in order. While one stands here it is in no queue.
class waiting_list {
public:
    [[nodiscard]] bool is_empty() const noexcept { return !first_; }
    [[nodiscard]] inline bool is_one() const noexcept;
    [[nodiscard]] inline operation& front() const noexcept;
    // The first that is such a one, nullptr for none.
    [[nodiscard]] inline operation* find(auto is_such) const noexcept;

    inline void push_back(operation& added) noexcept;
    inline operation& pop_front() noexcept;
    inline void remove(operation& gone) noexcept;    // if it is here

private:
    [[gnu::cold]] inline void put_last(operation& added) noexcept;

    operation* first_ = nullptr;
};

// One open handle in a loop. Its place stays the same for as long as the loop lives. When the handle goes, nothing waits there
// any more, and the place is used again when the driver has told all that it was told before: no event meets another's handle.
struct registration {
    union {
        loop_state* loop = nullptr;
        registration* next;    // of those that are not used
    };
    os::handle handle = os::none;
    std::uint32_t place = 0xffff'ffff;    // the driver's
    waiting_list readers, writers;        // until it is ready
    outlooks known;                       // last, where what a driver adds can share its word

    [[nodiscard]] outlook& prospects(os::interest what) noexcept { return what == os::interest::readable ? known.reading : known.writing; }
    [[nodiscard]] waiting_list& waiting(os::interest what) noexcept { return what == os::interest::readable ? readers : writers; }
};

// A registration that stands for none: what an empty socket has. Nothing is tried on it, and nobody changes it.
[[nodiscard]] inline registration& no_registration() noexcept {
    static registration none;
    return none;
}

}  // namespace plumb::detail
