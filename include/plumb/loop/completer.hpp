// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/loop/batch_patience.hpp>
#include <plumb/loop/inflow.hpp>

#include <utility>

// A driver that hands whole operations over to the system, all of one turn at once, and is told of their ends.

namespace plumb::inline v0_1::detail {

// Carries operations out through Ring: os::uring. What comes for a handle flows in by itself; all else is handed over one by one.
template <class Ring>
class completer final : public proactor {
public:
    completer(loop_state& loop, Ring ring) : loop_(loop), ring_(std::move(ring)) {}
    completer(const completer&) = delete;
    ~completer() override {
        ring_.cancel_everything();
        for (int turns = 0; turns < 2; ++turns) (void)ring_.enter(1, instant());
        aside_.take_all([this](completion told) { inflow_.refuse(told); });
        while (ring_.has_completions()) inflow_.refuse(ring_.take_completion());
    }

    [[nodiscard]] result<registration*> attach(os::handle handle) noexcept override {
        if (auto added = inflow_.attach(handle)) return added;
        return failure(verb::wait, std::errc::not_enough_memory);
    }

    void detach(registration& gone) noexcept override {
        auto& its = static_cast<inlet&>(gone);
        inflow_.hold_back(its);
        if (its.flows || !its.leaving.is_empty()) held_.flush();    // until then the system would keep the handle open
        held_.end_leaving(its);
        inflow_.detach(its);
    }

    void recall(registration& leaving, arrivals& ahead) override { inflow_.recall(static_cast<inlet&>(leaving), ahead); }

    void start(operation& begun, request wanted) noexcept override {
        begun.set_asked(wanted.what);
        if (wanted.what == request::kind::send) return held_.try_send(begun, wanted);
        auto& its = inlet_of(begun);
        if (wanted.what == request::kind::receive_lent && its.flows && its.arrived.is_empty()) [[likely]] return begun.wait_for_target();
        start_other(begun, its, wanted);
    }

    bool try_once(operation& hurried) noexcept override {
        if (hurried.awaited() == os::interest::readable) {
            auto& its = inlet_of(hurried);
            hurried.set_asked(hurried.wanted().what);
            if (inflow_.try_once(hurried, its)) return true;
            if (its.flows) return false;
        }
        return proactor::try_once(hurried);
    }

    void cancel(operation& unwanted, condition reason) noexcept override {
        if (unwanted.is_held()) held_.cancel(unwanted, reason);
        else unwanted.end(error(verb::none, reason));
    }
    void forget(operation& gone) noexcept override {
        held_.forget(gone, [this](inlet& its, completion told) { inflow_.keep_for_next(its, told); });
    }

    [[nodiscard]] result<void> wait(instant until) override {
        provision_.fill_up();
        auto patient = patience_.is_waiting() && ring_.waits_for_batches();
        auto hoped = patient ? batch_patience::batch + held_.sends() : 1;
        if (held_.has_trials() && !patient) until = instant();    // they have gone, or failed, when the ring has been entered
        auto entered = !held_.has_trials() || !patient ? ring_.enter(hoped, until) : ring_.enter_briefly(hoped);
        if (!entered) [[unlikely]] return entered;
        held_.note_handed_over();
        news_ = 0;
        is_alone_ = ring_.completions() == 1;
        if (!aside_.is_empty()) [[unlikely]] aside_.take_all([this](completion told) { take(told); });
        held_.settle();
        while (ring_.has_completions()) take(ring_.take_completion());    // if one of them throws, the next turn goes on from there
        if (until > instant()) patience_.learn(news_);
        inflow_.recycle();
        return {};
    }

    void flush() noexcept override { held_.flush(); }
    [[nodiscard]] os::handle native_handle() const noexcept override { return ring_.native_handle(); }

private:
    using completion = typename Ring::completion;

    [[gnu::noinline]] void start_other(operation& begun, inlet& its, request wanted) noexcept {
        auto flows = its.flows || !its.arrived.is_empty();
        if (wanted.what == request::kind::ready && !(its.accepts && flows)) return held_.watch(begun);    // what flows makes no acceptor ready
        if (wanted.what == request::kind::receive_one_lent && !flows) return held_.receive_lent(begun);
        if (wanted.what != request::kind::receive || flows) return inflow_.start(begun, its, wanted.what == request::kind::accept);
        return wanted.data ? held_.receive(begun, wanted) : held_.watch(begun);
    }

    void take(completion told) {
        if (kind_of(told.token) == token_kind::receiving) [[likely]] ++news_, inflow_.take(told, is_alone_);
        else take_other(told);
    }
    [[gnu::noinline]] void take_other(completion told) {
        switch (kind_of(told.token)) {
        case token_kind::nothing: return;
        case token_kind::receiving:
        case token_kind::accepting: ++news_; return inflow_.take(told, is_alone_);
        case token_kind::transfer: return held_.take_transfer(operation_of(told.token), told.outcome());
        case token_kind::lending: ++news_; return held_.take_lent(operation_of(told.token), told, is_alone_);
        case token_kind::trial: return held_.take_trial(operation_of(told.token), told.outcome());
        case token_kind::readiness: ++news_; return held_.take_readiness(operation_of(told.token), told.outcome());
        }
    }

    loop_state& loop_;
    Ring ring_;
    provision<Ring> provision_{ring_};
    aside<Ring> aside_{loop_, ring_};
    held_operations<Ring> held_{ring_, provision_, aside_};
    inflow<Ring> inflow_{loop_, ring_, provision_, aside_, held_};
    batch_patience patience_;
    unsigned news_ = 0;        // told in this turn, but for the ends of transfers
    bool is_alone_ = false;    // the completion that is being taken is the only one of its turn
};

}  // namespace plumb::detail
