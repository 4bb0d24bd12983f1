// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/loop/aside.hpp>
#include <plumb/loop/inlet.hpp>
#include <plumb/loop/provision.hpp>
#include <plumb/loop/token.hpp>
#include <plumb/loop/trials.hpp>

// Operations that are handed over to the system one by one.

namespace plumb::inline v0_1::detail {

// The handle is told not to wait, or is no socket: then readiness must do.
[[nodiscard]] inline bool is_refusal(error cause) noexcept {
    return cause == std::errc::resource_unavailable_try_again || cause == std::errc::not_a_socket;
}

// Tells an operation what came of its call, and lends it what it asked for: the end of a stream brings nothing.
[[nodiscard]] inline bool complete(operation& ended, result<std::size_t> outcome, lent_part lent) noexcept {
    if (outcome && !lent.data && request::lends(ended.asked())) lent = ended.target().loop->buffers.nothing();
    return ended.complete(outcome, lent);
}

// Those that are held: they lie still until the system has done with them.
template <class Ring>
class held_operations {
    using completion = typename Ring::completion;

public:
    held_operations(Ring& ring, provision<Ring>& buffers, aside<Ring>& others) noexcept : ring_(ring), provision_(buffers), aside_(others) {}

    void receive(operation& begun, request wanted) noexcept {
        hold(begun);
        ring_.receive(begun.target().handle, mutable_bytes(wanted.data, wanted.size), token_of(begun, token_kind::transfer));
    }
    void receive_lent(operation& begun) noexcept {
        hold(begun);
        ring_.receive_lent(begun.target().handle, token_of(begun, token_kind::lending));
    }
    [[gnu::noinline]] void send(operation& begun, request wanted) noexcept {
        hold(begun);
        ++sends_;
        ring_.send(begun.target().handle, bytes(wanted.data, wanted.size), token_of(begun, token_kind::transfer));
    }
    // Sends all of it at once, and then in silence, or else as one that waits.
    [[gnu::noinline]] void try_send(operation& begun, request wanted) noexcept {
        if (trials_.is_full()) [[unlikely]] return send(begun, wanted);
        hold(begun);
        trials_.add(begun, wanted.size);
        ring_.try_send(begun.target().handle, bytes(wanted.data, wanted.size), token_of(begun, token_kind::trial));
    }
    // Waits until its handle is ready, and tries it then.
    void watch(operation& begun) noexcept {
        begun.set_asked(request::kind::ready);
        hold(begun);
        ring_.poll(begun.target().handle, begun.awaited(), token_of(begun, token_kind::readiness));
    }

    // Sends begun since they were last handed over.
    [[nodiscard]] unsigned sends() const noexcept { return sends_; }
    [[nodiscard]] bool has_trials() const noexcept { return !trials_.is_empty(); }
    // The ring has been entered.
    void note_handed_over() noexcept {
        if (ring_.has_told_all()) [[likely]] trials_.submit();
        sends_ = 0;
    }
    // Lets those go on whose trials have gone. They come before what else there is to tell: much of it is for them.
    void settle() {
        if (trials_.has_submitted()) settle_submitted();
    }
    // Hands over what was begun, without waiting.
    void flush() noexcept {
        (void)ring_.enter(0, instant());
        sends_ = 0;
        tell_of_trials();
    }

    // Ends one soon.
    void cancel(operation& unwanted, condition reason) noexcept {
        if (!unwanted.call_off(reason)) return;
        unwanted.stop_waiting();
        inlet_of(unwanted).leaving.push_back(unwanted);
        call_off(unwanted);
    }
    // Ends one before this returns. Its coroutine goes away, and keep(inlet, completion) gets what was received into a lent buffer.
    void forget(operation& gone, auto keep) noexcept {
        if (gone.called_off() == condition{}) call_off(gone);
        else inlet_of(gone).leaving.remove(gone);
        release([&] { return gone.is_held(); }, [&](operation& one) { return &one == &gone; },
                [&](operation& one, completion told) {
                    one.set_held(false);
                    if (kind_of(told.token) == token_kind::lending) keep(inlet_of(one), told);
                });
        gone.set_held(false);
    }
    // Ends all that were called off at a place, before this returns.
    void end_leaving(inlet& its) noexcept {
        release([&] { return !its.leaving.is_empty(); }, [&](operation& one) { return &one.target() == &its; },
                [&](operation& one, completion told) {
                    let_go(one);
                    auto was_transfer = one.asked() != request::kind::ready;    // that a handle is ready moves nothing
                    if (told.succeeded() && was_transfer && complete(one, told.outcome(), provision_.take(told))) one.go_on_later();
                    else one.end(error(verb::none, one.called_off()));
                });
        while (!its.leaving.is_empty()) {    // in a child of the process whose ring it is: they are not the system's there
            auto& one = its.leaving.pop_front();
            one.set_held(false);
            one.end(error(verb::none, one.called_off()));
        }
    }

    // What is told of them.
    void take_transfer(operation& one, result<std::size_t> moved) {
        let_go(one);
        if (!moved) [[unlikely]] return take_failure(one, moved.error());
        if (one.complete(moved, {})) [[likely]] return one.go_on();
        if (!ends_called_off(one)) one.start();
    }
    // When no buffer was left, one that is taken once the handle is ready has to do.
    void take_lent(operation& one, completion told, bool alone) {
        let_go(one);
        inlet_of(one).hear(alone);
        auto outcome = told.outcome();
        if (outcome) [[likely]] return (void)complete(one, outcome, provision_.take(told)), one.go_on();
        if (outcome.error() != std::errc::no_buffer_space) return take_failure(one, outcome.error());
        if (!ends_called_off(one)) watch(one);
    }
    // What could not go at once, or not all of it, is a send that waits from then on.
    [[gnu::cold]] void take_trial(operation& one, result<std::size_t> moved) {
        trials_.drop(one);
        if (!moved && moved.error() != std::errc::resource_unavailable_try_again) return take_transfer(one, moved);
        let_go(one);
        if (moved && one.complete(moved, {})) return one.go_on();
        if (!ends_called_off(one)) send(one, one.wanted());
    }
    void take_readiness(operation& one, const result<std::size_t>& events) {
        let_go(one);
        if (ends_called_off(one)) return;
        if (!events) return one.end(events.error());
        one.try_now();
    }

private:
    void hold(operation& begun) noexcept {
        begun.set_held(true);
        begun.wait_for_target();    // where closing finds it
    }
    void let_go(operation& ended) noexcept {
        ended.set_held(false);
        if (ended.called_off() == condition{}) ended.stop_waiting();
        else inlet_of(ended).leaving.remove(ended);
    }
    void call_off(const operation& held) noexcept {
        auto asked = held.asked();
        auto what = asked == request::kind::ready ? token_kind::readiness : request::lends(asked) ? token_kind::lending : token_kind::transfer;
        ring_.cancel(token_of(held, what));
    }
    // Waits for the ends of those that are wanted, for as long as some are held.
    void release(auto are_held, auto is_wanted, auto take_end) noexcept {
        tell_of_trials();
        aside_.sift(are_held, [&](completion told) {
            if (!is_of_operation(told.token) || !is_wanted(operation_of(told.token))) return false;
            take_end(operation_of(told.token), told);
            return true;
        });
    }

    // Sets the ends of all trials aside, those as well that the system is silent of.
    void tell_of_trials() noexcept {
        if (trials_.is_empty()) [[likely]] return;
        bool entered;
        do {
            entered = ring_.enter(0, instant()).has_value();
            aside_.put_all_told();
        } while (entered && !ring_.has_told_all());
        if (!entered) return trials_.clear();    // a child of the process whose ring it is: nothing goes there
        aside_.for_each([this](const auto& told) { drop_trial(told.token); });
        for (trials_.submit(); trials_.has_submitted();)
            if (auto sent = trials_.take(); sent.of)
                aside_.put({token_of(*sent.of, token_kind::transfer), static_cast<std::int32_t>(sent.size), 0});
    }
    void drop_trial(std::uint64_t token) noexcept {
        if (kind_of(token) == token_kind::trial) trials_.drop(operation_of(token));
    }
    void settle_submitted() {
        ring_.for_each_token([this](std::uint64_t token) { drop_trial(token); });
        while (trials_.has_submitted())
            if (auto sent = trials_.take(); sent.of) take_transfer(*sent.of, std::size_t{sent.size});
    }

    [[gnu::cold]] void take_failure(operation& one, error cause) {
        auto again = cause == std::errc::operation_canceled || cause == std::errc::interrupted;
        if (again || is_refusal(cause)) {
            if (ends_called_off(one)) return;
            return again ? one.start() : watch(one);
        }
        if (one.complete(failure(cause), {})) return one.go_on();
        if (!ends_called_off(one)) one.start();
    }
    // Whether it was called off, which ends it now.
    [[nodiscard]] static bool ends_called_off(operation& one) noexcept {
        auto reason = one.called_off();
        if (reason == condition{}) [[likely]] return false;
        one.end(error(verb::none, reason));
        return true;
    }

    Ring& ring_;
    provision<Ring>& provision_;
    aside<Ring>& aside_;
    trials trials_;
    unsigned sends_ = 0;
};

}  // namespace plumb::detail
