// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/core/dynamic_array.hpp>
#include <plumb/os/poll.hpp>

#include <cstdint>
#include <string_view>

// Waiting for many handles, on every system.

namespace plumb::inline v0_1::os {

// Tells which handles are ready of those that are asked for: each once, then it must be asked for again. Costs a look at each
// of them for each wait.
class poll_set {
public:
    static constexpr std::string_view name = "poll";
    static constexpr bool tells_edges = false;
    static constexpr std::uint32_t reads = poll_reads, writes = poll_writes, stays = 0, unknown = poll_unknown;
    static constexpr std::uint32_t usual = poll_usual;

    [[nodiscard]] static answer<poll_set> open() { return poll_set(); }

    // Errors: not_enough_memory, now or never: to ask needs none.
    [[nodiscard]] result<void> add(handle, void*) noexcept {
        auto count = known_ + 1;
        if (!polled_.make_room(count) || !watched_.make_room(count) || !reports_.make_room(count)) return failure(verb::wait, std::errc::not_enough_memory);
        known_ = count;
        return {};
    }
    void remove(handle, std::uint32_t& place) noexcept {
        if (place != nowhere) drop(place);
        --known_;
    }

    // Reports when the handle is ready for that. `place` is this set's to write, starts as `nowhere`, and may not move.
    void ask(handle target, void* token, interest awaited, std::uint32_t& place) noexcept {
        if (place == nowhere) {
            place = static_cast<std::uint32_t>(polled_.size());
            watched_.push_back({token, &place});
            polled_.push_back({target, 0, 0});
        }
        polled_[place].events = static_cast<short>(polled_[place].events | poll_events(awaited));
    }

    // Waits, then calls tell(token, events) for each handle that is ready.
    [[nodiscard]] result<void> wait(instant until, auto tell) {
        if (next_ == reports_.size())
            if (auto outcome = collect(until); !outcome) return outcome;
        while (next_ < reports_.size()) {    // if one of them throws, the next wait tells the others
            auto [token, events] = reports_[next_++];
            tell(token, events);
        }
        return {};
    }

    // There is nothing that another loop could wait on.
    [[nodiscard]] handle native_handle() const noexcept { return none; }

    static constexpr std::uint32_t nowhere = 0xffff'ffff;

private:
    struct watched {
        void* token;
        std::uint32_t* place;
    };
    struct report {
        void* token;
        std::uint32_t events;
    };

    [[nodiscard]] result<void> collect(instant until) noexcept {
        auto count = native_poll(polled_, until);
        if (!count && count.error() != std::errc::interrupted) return failure(count.error());
        next_ = 0;
        reports_.clear();
        for (auto i = count ? polled_.size() : 0; i-- > 0;) {    // from behind: what is dropped is filled from there
            auto& one = polled_[i];
            if (one.revents == 0) continue;
            reports_.push_back({watched_[i].token, static_cast<std::uint32_t>(one.revents)});
            one.events = static_cast<short>(one.events & ~events_ended_by(one.revents));
            if (one.events == 0) drop(static_cast<std::uint32_t>(i));
        }
        return {};
    }

    static int events_ended_by(int happened) noexcept {
        auto of = [&](std::uint32_t any, interest awaited) { return static_cast<std::uint32_t>(happened) & any ? poll_events(awaited) : 0; };
        return of(reads, interest::readable) | of(writes, interest::writable);
    }

    void drop(std::uint32_t place) noexcept {
        *watched_[place].place = nowhere;
        if (place + 1 < polled_.size()) {
            polled_[place] = polled_.back();
            watched_[place] = watched_.back();
            *watched_[place].place = place;
        }
        polled_.pop_back();
        watched_.pop_back();
    }

    detail::dynamic_array<polled> polled_;
    detail::dynamic_array<watched> watched_;
    detail::dynamic_array<report> reports_;
    std::size_t next_ = 0;     // of the reports
    std::size_t known_ = 0;    // handles, whether they are asked for or not
};

}  // namespace plumb::os
