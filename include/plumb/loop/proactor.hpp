// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/core/bytes.hpp>
#include <plumb/core/least.hpp>
#include <plumb/core/result.hpp>
#include <plumb/loop/buffer_pool.hpp>
#include <plumb/loop/registration.hpp>
#include <plumb/os/poll.hpp>

#include <cstdint>
#include <utility>

// The contract between operations and what carries them out: an operation is started, and its coroutine goes on when it is
// complete. A driver that is told when handles are ready tries the operation's call then; one whose system takes whole
// operations hands it over.

namespace plumb::inline v0_1::detail {

struct arrivals;

// What an operation asks of a system that takes whole operations. One that asks for nothing but `ready` is tried once its
// handle is ready, on every driver. One that asks for `receive_lent` lets more be received ahead; for `receive_one_lent`, nothing
// that comes after it has ended. It travels in two registers.
struct request {
    enum class kind : std::uint8_t { ready, receive, send, accept, receive_lent, receive_one_lent };
    static constexpr std::size_t most = 0x7fff'f000;    // what one call moves at most: read(2)

    [[nodiscard]] static constexpr bool lends(kind what) noexcept { return what >= kind::receive_lent; }

    constexpr request(kind wanted = kind::ready, std::byte* bytes = nullptr, std::size_t count = 0) noexcept
        : what(wanted), size(static_cast<std::uint32_t>(least(count, most))), data(bytes) {}

    kind what;
    std::uint32_t size;
    std::byte* data;    // receive, send; nullptr for a receive into several buffers
};

// A call that waits, in the frame of the coroutine that awaits it. It lies still from its start to its end, and starting it
// allocates nothing.
class operation : public suspension {
public:
    // Carries the call out without waiting: true when it has ended, well or badly. False where the prospects are still good
    // asks for another turn: it moves much, and others want to be served as well.
    virtual bool attempt() noexcept = 0;
    // What to ask of a system that takes whole operations.
    [[nodiscard]] virtual request wanted() const noexcept { return {}; }
    // Such a system's answer to that: true when the operation has ended, false when the rest of it is to be asked for.
    // `lent` is what a receive was given which asked for that.
    virtual bool complete(result<std::size_t>, lent_part /*lent*/) noexcept { return attempt(); }
    // Takes bytes that have come already, as many as it wants, and says how many; complete() is told next.
    virtual std::size_t fill(bytes /*come*/) noexcept { return 0; }
    // Ends without the call: with `cause` as the reason, and what has been moved so far as its detail.
    virtual void give_up(error cause) noexcept = 0;

    [[nodiscard]] registration& target() const noexcept { return *target_; }
    [[nodiscard]] os::interest awaited() const noexcept { return awaited_; }
    [[nodiscard]] outlook& prospects() const noexcept { return target_->prospects(awaited_); }

    // For drivers: it waits for its handle until it is taken out, or is held until the driver has let it go.
    void wait_for_target() noexcept { target_->waiting(awaited_).push_back(*this); }
    void stop_waiting() noexcept { target_->waiting(awaited_).remove(*this); }
    void set_held(bool held) noexcept {
        held_ = held;
        if (held) called_off_ = {};
    }
    [[nodiscard]] bool is_held() const noexcept { return held_; }
    // What a driver has asked for it, if it is one that asks. A held one is no reader: it has what it waits for to itself.
    void set_asked(request::kind what) noexcept { asked_ = what; }
    [[nodiscard]] request::kind asked() const noexcept { return asked_; }
    // Why one that is held is to end as soon as the driver can; none while it is not. True where that is new.
    [[nodiscard]] bool call_off(condition why) noexcept { return std::exchange(called_off_, why) == condition{}; }
    [[nodiscard]] condition called_off() const noexcept { return called_off_; }

    // For drivers: it begins, or goes on with what is left of it.
    inline void start() noexcept;
    // For drivers: it is over, by `cause` if there is one, and the coroutine goes on: now, or in its turn.
    void go_on() { resume(); }
    inline void go_on_later() noexcept;
    inline void end(error cause) noexcept;

    // Tries, and goes on when that was all.
    void try_now() { attempt() ? resume() : start(); }
    // The same, where the handle has just been said to be ready.
    void try_told() { attempt() ? resume() : told_in_vain(); }
    // The same, and its place does not know that it is ready.
    virtual void told_ready() { prospects().tell(), try_told(); }
    void proceed() override { given_up_ ? resume() : try_now(); }
    inline void cancel(condition why) noexcept override;

protected:
    explicit operation(registration& target) noexcept : target_(&target) {}
    ~operation() = default;
    inline void abandon() noexcept;    // to be called by whoever derives from it, as a suspension's

    // Begins to wait, as a suspension. What is written here counts only from then on.
    template <class Promise>
    inline void enter(std::coroutine_handle<Promise> waiter, os::interest awaited) noexcept;
    // The handle had just been said to be ready, and the try was refused all the same: no event need follow.
    [[gnu::cold]] inline void told_in_vain() noexcept;

private:
    friend class waiting_list;

    // Eight bytes, with what stands before them.
    os::interest awaited_;
    bool given_up_, held_;
    condition called_off_;
    request::kind asked_;

protected:
    bool has_failed_;    // for whoever derives from it, and here since there is room

private:
    registration* target_;
};

inline bool waiting_list::is_one() const noexcept { return first_ && !first_->next; }
inline operation& waiting_list::front() const noexcept { return *first_; }

inline operation* waiting_list::find(auto is_such) const noexcept {
    for (auto one = first_; one; one = one->next)
        if (is_such(*one)) return one;
    return nullptr;
}

inline void waiting_list::push_back(operation& added) noexcept {
    added.next = nullptr;
    if (first_) [[unlikely]] put_last(added);
    else first_ = &added;
}

inline void waiting_list::put_last(operation& added) noexcept {
    auto last = first_;
    while (last->next) last = last->next;
    last->next = &added;
}

inline operation& waiting_list::pop_front() noexcept {
    auto& first = front();
    first_ = first.next;
    return first;
}

inline void waiting_list::remove(operation& gone) noexcept {
    auto place = &first_;
    while (*place && *place != &gone) place = &(*place)->next;
    if (*place) *place = gone.next;
}

// A driver. Everything happens in the loop's thread.
class proactor {
public:
    virtual ~proactor() = default;

    // A handle comes, with its operations after it, and goes, when none is left.
    // Errors: those of the system; operation_not_permitted for what is always ready, such as a file on epoll; not_enough_memory.
    [[nodiscard]] virtual result<registration*> attach(os::handle handle) noexcept = 0;
    virtual void detach(registration& gone) noexcept = 0;
    // Gives what has come for a handle before anybody waited for it, and lets no more come: it is detached next. If this throws, nothing
    // is lost.
    virtual void recall(registration& /*leaving*/, arrivals& /*ahead*/) {}
    // Carries the operation out, which wants that: by and by it ends, and its coroutine goes on.
    virtual void start(operation& begun, request wanted) noexcept = 0;
    // Tries an operation that may not wait, whatever is known of its handle: true when it has ended.
    [[nodiscard]] virtual bool try_once(operation& hurried) noexcept {
        os::polled asked{};
        asked.fd = hurried.target().handle;
        asked.events = static_cast<short>(os::poll_events(hurried.awaited()));
        auto ready = os::native_poll({&asked, 1}, instant());
        if (!ready || *ready == 0) return false;
        if (!(static_cast<std::uint32_t>(asked.revents) & os::poll_unknown)) return hurried.attempt();
        return hurried.give_up(error(verb::none, std::errc::bad_file_descriptor)), true;
    }
    // Ends it soon: by operation::end, unless it has succeeded meanwhile.
    virtual void cancel(operation& unwanted, condition reason) noexcept = 0;
    // Ends it before this returns, and never touches it again. Its coroutine goes away and does not go on.
    virtual void forget(operation& gone) noexcept = 0;
    // Waits no longer than until a moment, and lets the coroutines go on whose operations have ended.
    [[nodiscard]] virtual result<void> wait(instant until) = 0;
    // Hands over what was started, where wait() would have done so: somebody else may wait now.
    virtual void flush() noexcept {}
    // What is readable when wait() would find something to do, for another loop to wait on; none where there is no such thing.
    [[nodiscard]] virtual os::handle native_handle() const noexcept = 0;
};

}  // namespace plumb::detail

#include <plumb/loop/loop_state.hpp>
