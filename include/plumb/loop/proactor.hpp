// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/core/bytes.hpp>
#include <plumb/core/result.hpp>
#include <plumb/loop/suspension.hpp>
#include <plumb/os/poll.hpp>
#include <plumb/os/socket.hpp>

#include <cstdint>
#include <utility>

// The contract between operations and what carries them out: an operation is started, and its coroutine goes on when it is
// complete. A driver that is told when handles are ready tries the operation's call then; one whose system takes whole
// operations hands it over.

namespace plumb::inline v0_1::detail {

struct loop_state;
struct arrivals;
class operation;

// One open handle in a loop. Its place stays the same for as long as the loop lives. When the handle goes, nothing waits there
// any more, and the place is used again when the driver has told all that it was told before: no event meets another's handle.
struct registration {
    union {
        loop_state* loop = nullptr;
        registration* next;    // of those that are not used
    };
    os::handle handle = os::none;
    std::uint32_t place = 0xffff'ffff;    // the driver's
    // What is known of the handle: that a try may succeed, and that one that came back short has not emptied it.
    // A driver that hands over whole operations leaves all of them false: nothing is tried then.
    bool may_read = false, may_write = false, keeps_reading = false;
    // What waits until it is ready, the first of several.
    operation* readers = nullptr;
    operation* writers = nullptr;

    [[nodiscard]] bool may(os::interest what) const noexcept { return what == os::interest::readable ? may_read : may_write; }
    void set_may(os::interest what, bool yes) noexcept { (what == os::interest::readable ? may_read : may_write) = yes; }
    [[nodiscard]] operation*& waiting(os::interest what) noexcept { return what == os::interest::readable ? readers : writers; }
};

// What an operation asks of a system that takes whole operations. One that asks for nothing but `ready` is tried once its
// handle is ready, on every driver.
struct request {
    enum class kind : std::uint8_t { ready, receive, receive_lent, send, accept };
    kind what = kind::ready;
    std::byte* data = nullptr;    // receive, send; nullptr for a receive into several buffers
    std::size_t size = 0;
};

// A call that waits, in the frame of the coroutine that awaits it. It lies still from its start to its end, and starting it
// allocates nothing.
class operation : public suspension {
public:
    // Carries the call out without waiting: true when it has ended, well or badly. False with the registration's may() still
    // set asks for another turn: it moves much, and others want to be served as well.
    virtual bool attempt() noexcept = 0;
    // What to ask of a system that takes whole operations.
    [[nodiscard]] virtual request wanted() const noexcept { return {}; }
    // Such a system's answer to that: true when the operation has ended, false when the rest of it is to be asked for.
    // `lent` is the buffer that a receive_lent was given.
    virtual bool complete(result<std::size_t>, std::byte* /*lent*/) noexcept { return attempt(); }
    // Takes bytes that have come already, as many as it wants, and says how many; complete() is told next.
    virtual std::size_t fill(bytes /*come*/) noexcept { return 0; }
    // Ends without the call: with `cause` as the reason, and what has been moved so far as its detail.
    virtual void give_up(error cause) noexcept = 0;

    [[nodiscard]] registration& target() const noexcept { return *target_; }
    [[nodiscard]] os::interest awaited() const noexcept { return awaited_; }
    // Whether its last try was refused though the handle was said to be ready: no edge need follow, so it must be asked anew.
    [[nodiscard]] bool take_doubt() noexcept {
        bool doubted = doubts_;
        doubts_ = false;
        return doubted;
    }

    // Whether there is nothing to do but to wait for an edge.
    [[nodiscard]] bool is_refused() const noexcept { return !doubts_ && !target_->may(awaited_); }

    // For drivers: it waits for its handle until it is taken out, or is held until the driver has let it go.
    inline void wait_for_target() noexcept;
    inline void stop_waiting() noexcept;
    [[nodiscard]] static inline operation& next_waiting(operation*& first) noexcept;
    [[nodiscard]] bool waits_for_target() const noexcept { return waits_; }
    void set_held(bool held) noexcept { held_ = held; }
    [[nodiscard]] bool is_held() const noexcept { return held_; }
    // Stands in a list of the driver's own instead.
    void stand_in(operation*& first) noexcept { after = std::exchange(first, this); }
    inline void step_out_of(operation*& first) noexcept;
    // The first that waits and is not held, of those from one on.
    [[nodiscard]] static inline operation* first_not_held(operation* from) noexcept;
    // What a driver has asked for it. A held one is no reader: it has what it waits for to itself.
    void set_asked(request::kind what) noexcept { asked_ = what; }
    [[nodiscard]] request::kind asked() const noexcept { return asked_; }
    // Why it is to end as soon as the driver that holds it can; none while it is not. True where that is new.
    [[nodiscard]] bool call_off(condition why) noexcept { return std::exchange(called_off_, why) == condition{}; }
    [[nodiscard]] condition called_off() const noexcept { return called_off_; }

    // For drivers: it is over, by `cause` if there is one, and the coroutine goes on: now, or in its turn.
    void go_on() { resume(); }
    inline void go_on_later() noexcept;
    inline void end(error cause) noexcept;

    // Tries, and goes on when that was all. `told` when the handle has just been said to be ready.
    inline void try_now(bool told);
    void proceed() override { given_up_ ? resume() : try_now(false); }
    inline void cancel(condition why) noexcept override;

protected:
    operation(registration& target, os::interest awaited) noexcept : awaited_(awaited), target_(&target) {}
    ~operation() = default;
    inline void abandon() noexcept;    // to be called by whoever derives from it, as a suspension's

    // The call would have to wait. Always false, for attempt() to return. `mistrusts` where the system may refuse what is ready.
    bool refused(bool mistrusts) noexcept {
        target_->set_may(awaited_, false);
        doubts_ = mistrusts;
        return false;
    }

private:
    // Eight bytes, with what stands before them, written at once.
    os::interest awaited_;
    bool waits_ = false;
    bool doubts_ : 1 = false;
    bool given_up_ : 1 = false;
    bool held_ : 1 = false;

protected:
    bool has_failed_ : 1 = false;    // for whoever derives from it

private:
    request::kind asked_;
    condition called_off_{};

    // The next of those that wait for the same: while it does, it is in no queue.
    [[nodiscard]] operation* next() const noexcept { return static_cast<operation*>(after); }

    registration* target_;
};

// A driver. Everything happens in the loop's thread.
class proactor {
public:
    virtual ~proactor() = default;

    // A handle comes, with its operations after it, and goes, when none is left.
    // Errors: those of the system; operation_not_permitted for what is always ready, such as a file on epoll.
    [[nodiscard]] virtual result<void> attach(registration& added) = 0;
    virtual void detach(registration& gone) noexcept = 0;
    // Gives what has come for a handle before anybody waited for it, and lets no more come: it is detached next.
    virtual void recall(registration& /*leaving*/, arrivals& /*ahead*/) {}
    // Carries the operation out: by and by it ends, and its coroutine goes on.
    virtual void start(operation& begun) noexcept = 0;
    // Tries an operation that may not wait, whatever is known of its handle: true when it has ended.
    [[nodiscard]] virtual bool try_once(operation& hurried) noexcept {
        os::polled asked{};
        asked.fd = hurried.target().handle;
        asked.events = static_cast<short>(os::poll_events(hurried.awaited()));
        auto ready = os::native_poll({&asked, 1}, instant());
        return ready && *ready > 0 && hurried.attempt();
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
