// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/loop/buffer_pool.hpp>
#include <plumb/loop/proactor.hpp>
#include <plumb/loop/timer.hpp>

#include <vector>

// What drivers and operations know of their loop.

namespace plumb::inline v0_1::detail {

// The registrations of a loop, by number. They lie still, and are used again.
class registry {
public:
    registry() = default;
    registry(const registry&) = delete;
    ~registry() {
        for (auto chunk : chunks_) delete[] chunk;
    }

    [[nodiscard]] registration& at(std::uint32_t index) noexcept { return chunks_[index / chunk_size][index % chunk_size]; }
    [[nodiscard]] registration* find(std::uint64_t token) noexcept {
        auto& found = at(static_cast<std::uint32_t>(token));
        return found.generation == token >> 32 ? &found : nullptr;
    }

    [[nodiscard]] registration& take(loop_state& loop, os::handle handle) {
        if (free_.empty()) grow();
        auto& taken = at(free_.back());
        free_.pop_back();
        taken.loop = &loop;
        taken.handle = handle;
        return taken;
    }
    void put_back(registration& gone) noexcept {
        gone.handle = os::none;
        gone.may_read = gone.may_write = gone.keeps_reading = false;
        ++gone.generation;
        free_.push_back(gone.index);    // there is room: grow() reserved it
    }

private:
    static constexpr std::uint32_t chunk_size = 64;

    void grow() {
        auto first = static_cast<std::uint32_t>(chunks_.size()) * chunk_size;
        free_.reserve(first + chunk_size);
        chunks_.push_back(nullptr);
        chunks_.back() = new registration[chunk_size];
        for (auto i = chunk_size; i-- > 0;) {
            at(first + i).index = first + i;
            free_.push_back(first + i);
        }
    }

    std::vector<registration*> chunks_;
    std::vector<std::uint32_t> free_;
};

class stop_watch;

// The parts of a loop that its drivers and operations reach.
struct loop_state {
    // How many operations may succeed at once, one after another, before the coroutine that has them lets others go on.
    static constexpr unsigned fair_share = 64;

    proactor* driver = nullptr;
    unsigned share = fair_share;
    list<suspension> ready;      // what goes on in the next turn
    timer_heap timers;
    registry registrations;
    buffer_pool buffers;
    std::vector<stop_watch*> watches;    // by the address of the waker that they watch

    // Whether one more operation may be tried without a wait.
    [[nodiscard]] bool spend() noexcept { return share != 0 && share-- != 0; }
    // Lets a coroutine go on that has waited.
    void resume(suspension& one) {
        share = fair_share;
        one.proceed();
    }

    // Lets everything go on that is ready now; what becomes ready meanwhile waits for the next turn.
    void run_ready() {
        list<suspension> now;
        now.append(ready);
        while (!now.is_empty()) resume(now.pop_front());
    }

    [[nodiscard]] result<registration*> attach(os::handle handle) {
        auto& added = registrations.take(*this, handle);
        if (auto outcome = driver->attach(added); !outcome) {
            registrations.put_back(added);
            return failure(outcome.error());
        }
        return &added;
    }
    // Ends what waits for the handle, and forgets it. The caller closes it.
    void detach(registration& gone) noexcept {
        for (auto waiting : {&gone.readers, &gone.writers})
            while (!waiting->is_empty()) waiting->front().cancel(condition::cancelled);
        driver->detach(gone);
        registrations.put_back(gone);
    }

    // The watch for a stop, made when first asked for; it goes when dropped.
    [[nodiscard]] inline result<stop_watch*> watch(os::waker& waker);
    inline void drop(stop_watch& unused) noexcept;
};

inline void operation::proceed() {
    if (given_up_) return resume();
    auto told = std::exchange(target_->just_told, false);
    if (attempt()) return resume();
    if (told && !target_->may(awaited_)) doubts_ = true;
    target_->loop->driver->start(*this);
}

inline void operation::cancel(condition why) noexcept {
    if (!given_up_) target_->loop->driver->cancel(*this, error(verb::none, why));
}

inline void operation::end(error cause) noexcept {
    given_up_ = true;
    give_up(cause);
    unlink();
    target_->loop->ready.push_back(*this);
}

inline operation::~operation() {
    if (held_) target_->loop->driver->forget(*this);
}

}  // namespace plumb::detail
