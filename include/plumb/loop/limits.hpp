// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/loop/loop_state.hpp>
#include <plumb/os/persist.hpp>

#include <tuple>

// What may end a wait from outside: a deadline and a stop token, in the frame of the coroutine that waits.

namespace plumb::inline v0_1::detail {

// A wait that a stop ends; one of those that are told by the same watch.
struct stop_link : list_node {
    suspension* sleeper = nullptr;
};

// Tells the waits of one loop that a stop was requested. Lives for as long as there are any.
class stop_watch final : public operation {
public:
    stop_watch(registration& target, os::waker& watched) noexcept : operation(target), watched_(&watched) {}

    ~stop_watch() {
        if (is_suspended()) abandon();
    }

    [[nodiscard]] os::waker* watched() const noexcept { return watched_; }
    void add(stop_link& link) noexcept { links_.push_back(link); }
    void add_user() noexcept { ++users_; }
    // One of its users needs it no more. Whether nobody does.
    [[nodiscard]] bool drop_user() noexcept { return --users_ == 0; }

    // Begins to watch. It has no coroutine: it tells of the stop, once.
    void begin() {
        enter(std::coroutine_handle<>(std::noop_coroutine()), os::interest::readable);
        start();
    }
    bool attempt() noexcept override {
        while (!links_.is_empty()) links_.pop_front().sleeper->cancel(condition::cancelled);
        return true;
    }
    void give_up(error) noexcept override {}

private:
    os::waker* watched_;
    unsigned users_ = 0;
    list<stop_link> links_;
};

[[nodiscard]] inline std::size_t place_of(const dynamic_array<stop_watch*>& watches, os::waker& waker) noexcept {
    std::size_t from = 0;
    for (auto left = watches.size(); left > 0;) {
        auto half = left / 2;
        if (watches[from + half]->watched() < &waker) {
            from += half + 1;
            left -= half + 1;
        } else {
            left = half;
        }
    }
    return from;
}

inline result<stop_watch*> loop_state::watch(os::waker& waker) noexcept {
    auto place = place_of(watches, waker);
    if (place < watches.size() && watches[place]->watched() == &waker) return watches[place];
    auto event = waker.open();
    if (!event) return failure(event.error());
    auto target = attach(*event);
    if (!target) return failure(target.error());
    auto made = watches.make_room(watches.size() + 1) ? new (std::nothrow) stop_watch(**target, waker) : nullptr;
    if (!made) return detach(**target), failure(verb::wait, std::errc::not_enough_memory);
    watches.insert(place, made);
    made->begin();
    return made;
}

inline void loop_state::drop(stop_watch& unused) noexcept {
    watches.erase(place_of(watches, *unused.watched()));
    auto& target = unused.target();
    delete &unused;
    detach(target);
}

// Keeps the watch for a stop. Where waits for the same one come and go, one that outlives them spares each making its own.
class stop_use {
public:
    stop_use() = default;
    stop_use(loop_state& loop, const stop_token& stop) {
        if (stop.waker()) (void)begin(loop, *stop.waker());    // without it the waits say themselves what is wrong
    }
    stop_use(const stop_use&) = delete;
    ~stop_use() { end(); }

    [[nodiscard]] result<void> begin(loop_state& loop, os::waker& waker) noexcept {
        auto found = loop.watch(waker);
        if (!found) return failure(found.error());
        watch_ = *found;
        watch_->add_user();
        return {};
    }
    [[nodiscard]] stop_watch& watch() const noexcept { return *watch_; }
    void end() noexcept {
        if (watch_ && watch_->drop_user()) watch_->target().loop->drop(*watch_);
        watch_ = nullptr;
    }

private:
    stop_watch* watch_ = nullptr;
};

// The limits of one wait. Without any it is nothing.
template <class System, limit... Limits>
class limits final : timer, stop_link {
public:
    explicit limits(const Limits&... each) : given_(each...) {}
    ~limits() { end(); }

    // Begins to watch for a sleeper, unless a limit has been reached already: the error says which.
    [[nodiscard]] result<void> begin(loop_state& loop, suspension& what) {
        auto settled = std::apply([](auto&... each) { return os::patience_of<System>(each...); }, given_);
        if (auto still = os::check<System>(verb::wait, settled); !still) return still;
        sleeper = &what;
        if (settled.until != forever && !loop.timers.set(*this, settled.until)) return failure(verb::wait, std::errc::not_enough_memory);
        return settled.sleeper ? watch(loop, *settled.sleeper) : result<void>();
    }
    void end() noexcept {
        timer::stop();
        unlink();
        use_.end();
    }

private:
    void ring() noexcept override { sleeper->cancel(condition::timed_out); }

    [[nodiscard]] result<void> watch(loop_state& loop, os::waker& waker) noexcept {
        auto begun = use_.begin(loop, waker);
        if (begun) use_.watch().add(*this);
        return begun;
    }

    std::tuple<Limits...> given_;
    stop_use use_;
};

template <class System>
class limits<System> {
public:
    [[nodiscard]] static constexpr result<void> begin(loop_state&, suspension&) noexcept { return {}; }
    static constexpr void end() noexcept {}
};

}  // namespace plumb::detail
