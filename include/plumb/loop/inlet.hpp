// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/loop/deliveries.hpp>
#include <plumb/loop/registration.hpp>
#include <plumb/loop/token.hpp>

// The place of an open handle in a driver that hands whole operations over.

namespace plumb::inline v0_1::detail {

// The system receives from a connection, or accepts from an acceptor, again and again for as long as what comes is wanted: it flows.
struct inlet : registration {
    bool flows : 1 = false;
    bool stops : 1 = false;          // the flow was asked to end, or is not to begin
    bool accepts : 1 = false;        // what flows are connections
    bool visited : 1 = false;        // it is among those that are looked at in the next turn
    [[no_unique_address]] delivery_pool::queue arrived;
    std::uint16_t generation = 0;    // of those that have had this place: what comes for an earlier one is not this one's
    std::uint32_t next_visited = 0;
    waiting_list leaving;            // operations that are held and were called off

    void be_at(std::uint32_t number) noexcept { place = number; }
    // Of what flows.
    [[nodiscard]] std::uint64_t token() const noexcept {
        return token_at(place, generation, accepts ? token_kind::accepting : token_kind::receiving);
    }
    // What came was heard; `alone` where nothing else was told in the same turn: then an answer goes by a call of its own, at once.
    void hear(bool alone) noexcept {
        if (alone && writers.is_empty()) known.writing.tell();
        else known.writing.exhaust();
    }
    // Who waits for it.
    [[nodiscard]] operation* reader() const noexcept {
        return readers.find([](const operation& one) { return !one.is_held(); });
    }
};

[[nodiscard]] inline inlet& inlet_of(const operation& one) noexcept { return static_cast<inlet&>(one.target()); }

}  // namespace plumb::detail
