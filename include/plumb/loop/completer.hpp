// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/loop/batch_patience.hpp>
#include <plumb/loop/deliveries.hpp>
#include <plumb/loop/loop_state.hpp>
#include <plumb/loop/token.hpp>
#include <plumb/loop/trials.hpp>
#include <plumb/os/native.hpp>
#include <plumb/os/poll.hpp>

#include <cstring>
#include <utility>
#include <vector>

// A driver that hands whole operations over to the system, all of one turn at once, and is told of their ends.

namespace plumb::inline v0_1::detail {

// What a driver that takes whole operations knows of an open handle. The system receives from a connection, or accepts from
// an acceptor, again and again for as long as what comes is wanted; that is its flow.
struct channel {
    registration* target = nullptr;
    std::uint64_t token = 0;         // of what flows. What comes for one that had this place before has another
    waiting_list leaving;            // operations that are held and were called off
    delivery_pool::queue arrived;
    bool flows = false;
    bool stops = false;              // the flow was asked to end
    bool accepts = false;            // what flows are connections
    bool visited = false;            // it is among those that are looked at in the next turn
};

// Carries operations out through Ring: os::uring. All that are not part of a flow are handed over one by one, and lie still
// until the system has done with them.
template <class Ring>
class completer final : public proactor {
public:
    completer(loop_state& loop, Ring ring) noexcept : loop_(loop), ring_(std::move(ring)), visits_(*this) {}
    completer(const completer&) = delete;
    ~completer() override {
        ring_.cancel_everything();
        for (int turns = 0; turns < 2; ++turns) (void)ring_.enter(1, instant());
        while (ring_.has_completions()) refuse(ring_.take_completion());
        for (; next_aside_ < set_aside_.size(); ++next_aside_) refuse(set_aside_[next_aside_]);
        ring_.reclaim(give_back);
    }

    [[nodiscard]] result<void> attach(registration& added) override {
        if (free_.empty()) grow();
        added.place = free_.back();
        free_.pop_back();
        channel_of(added).target = &added;
        return {};
    }

    void detach(registration& gone) noexcept override {
        auto& its = channel_of(gone);
        if (its.flows) ring_.cancel(its.token);
        if (its.flows || !its.leaving.is_empty()) flush();    // until then the system would keep the handle open
        release([&] { return !its.leaving.is_empty(); }, [&](operation& one) { return &one.target() == &gone; },
                [&](operation& one, const result<std::size_t>& outcome) {
                    let_go(one);
                    auto was_transfer = one.asked() != request::kind::ready;    // that a handle is ready moves nothing
                    if (outcome && was_transfer && one.complete(outcome, nullptr)) one.go_on_later();
                    else one.end(error(verb::none, one.called_off()));
                });
        while (!its.leaving.is_empty()) {    // in a child of the process whose ring it is: they are not the system's there
            auto& one = its.leaving.pop_front();
            one.set_held(false);
            one.end(error(verb::none, one.called_off()));
        }
        while (!its.arrived.is_empty()) discard(its);
        its.token += next_generation;
        its.target = nullptr;
        its.flows = its.stops = its.accepts = false;
        free_.push_back(gone.place);
    }

    void recall(registration& leaving, arrivals& ahead) override {
        auto& its = channel_of(leaving);
        if (its.flows) ring_.cancel(its.token);
        sift([&] { return its.flows; }, [&](completion told) {
            if (told.token != its.token) return false;
            keep(its, told);
            return true;
        });
        for (; !its.arrived.is_empty(); deliveries_.pop(its.arrived)) {
            auto& first = deliveries_.front(its.arrived);
            if (!first.outcome) ahead.outcome = failure(first.outcome.error());
            else if (its.accepts) ahead.handles.push_back(static_cast<os::handle>(*first.outcome));
            else if (first.buffer) ahead.bytes.append(reinterpret_cast<const char*>(first.buffer) + first.taken, *first.outcome - first.taken);
            give_back(first.buffer);
        }
    }

    void start(operation& begun) noexcept override {
        auto wanted = begun.wanted();
        begun.set_asked(wanted.what);
        if (wanted.what == request::kind::send) return try_send(begun, wanted);
        auto& its = channel_of(begun.target());
        if (wanted.what == request::kind::receive_lent && its.flows && its.arrived.is_empty()) [[likely]] return begun.wait_for_target();
        start_other(begun, its, wanted);
    }

    bool try_once(operation& hurried) noexcept override {
        auto& its = channel_of(hurried.target());
        if (hurried.awaited() == os::interest::readable) {
            hurried.set_asked(hurried.wanted().what);
            while (!its.arrived.is_empty())
                if (hand_over(its, hurried)) return true;
            if (its.flows) return false;
        }
        return proactor::try_once(hurried);
    }

    void cancel(operation& unwanted, condition reason) noexcept override {
        if (!unwanted.is_held()) return unwanted.end(error(verb::none, reason));
        if (!unwanted.call_off(reason)) return;
        unwanted.stop_waiting();
        channel_of(unwanted.target()).leaving.push_back(unwanted);
        call_off(unwanted);
    }

    void forget(operation& gone) noexcept override {
        if (gone.called_off() == condition{}) call_off(gone);
        else channel_of(gone.target()).leaving.remove(gone);
        release([&] { return gone.is_held(); }, [&](operation& one) { return &one == &gone; },
                [](operation& one, const result<std::size_t>&) { one.set_held(false); });
        gone.set_held(false);
    }

    [[nodiscard]] result<void> wait(instant until) override {
        provide();
        auto patient = patience_.is_waiting() && ring_.waits_for_batches();
        auto hoped = patient ? batch_patience::batch + sends_ : 1;
        if (!trials_.is_empty() && !patient) until = instant();    // they have gone, or failed, when the ring has been entered
        auto entered = trials_.is_empty() || !patient ? ring_.enter(hoped, until) : ring_.enter_briefly(hoped);
        if (!entered) [[unlikely]] return entered;
        if (ring_.has_told_all()) [[likely]] trials_.submit();
        sends_ = news_ = 0;
        is_alone_ = ring_.completions() == 1;
        take_aside();
        if (trials_.has_submitted()) settle();
        while (ring_.has_completions()) take(ring_.take_completion());    // if one of them throws, the next turn goes on from there
        if (until > instant()) patience_.learn(news_);
        loop_.registrations.recycle();
        return {};
    }

    void flush() noexcept override {
        (void)ring_.enter(0, instant());
        sends_ = 0;
        tell_of_trials();
    }
    [[nodiscard]] os::handle native_handle() const noexcept override { return ring_.native_handle(); }

private:
    using completion = typename Ring::completion;

    // So much may have come ahead before a flow is stopped: a connection's buffers are big.
    static constexpr unsigned most_received = 2, most_accepted = 64;

    // The channels that are to be looked at in the next turn; when the buffers have run out, no more of them than there are
    // buffers, or most would be refused again. Stands among what goes on then.
    static constexpr unsigned most_visits = Ring::most_buffers / 2;
    class visits final : public suspension {
    public:
        explicit visits(completer& whose) noexcept : whose_(whose) { enter(std::coroutine_handle<>(std::noop_coroutine())); }
        ~visits() { abandon(); }
        void reserve(std::size_t most) {
            next_.reserve(most);
            now_.reserve(most);
        }
        void add(std::uint32_t place) noexcept {    // there is room: each is there once at most
            next_.push_back(place);
            come_soon();
        }
        void come_soon() noexcept {
            if (!std::exchange(comes_, true)) whose_.loop_.ready.push_back(*this);
        }
        void proceed() override {
            comes_ = false;
            if (!whose_.set_aside_.empty()) come_soon();    // the next turn begins with it, and must not wait
            if (now_.empty()) now_.swap(next_);
            for (unsigned left = most_visits; left > 0 && !now_.empty(); --left) {
                auto place = now_.back();
                now_.pop_back();
                if (!now_.empty() || !next_.empty()) come_soon();
                whose_.visit(place);
            }
        }
        void cancel(condition) noexcept override {}

    private:
        completer& whose_;
        std::vector<std::uint32_t> next_, now_;
        bool comes_ = false;
    };

    using kind = token_kind;

    [[nodiscard]] channel& channel_of(const registration& one) noexcept { return channels_[one.place]; }
    void grow() {
        auto place = static_cast<std::uint32_t>(channels_.size());
        channels_.emplace_back();
        channels_.back().token = token_at(place);
        free_.reserve(channels_.capacity());
        visits_.reserve(channels_.capacity());
        free_.push_back(place);
    }

    static void give_back(std::byte* buffer) noexcept {
        if (buffer) buffer_pool::put_back(buffer);
    }
    void discard(channel& from) noexcept {
        auto& unwanted = deliveries_.front(from.arrived);
        if (from.accepts && unwanted.outcome) os::native::close(static_cast<os::handle>(*unwanted.outcome));
        give_back(unwanted.buffer);
        deliveries_.pop(from.arrived);
    }

    // The system picks from our pool's buffers: whatever it has used and we have lent is replaced.
    void provide() noexcept {
        while (ring_.wants_buffer()) {
            auto buffer = loop_.buffers.take();
            if (!buffer) [[unlikely]] return;
            ring_.provide(mutable_bytes(buffer, buffer_pool::size));
        }
    }

    [[gnu::noinline]] void start_other(operation& begun, channel& its, request wanted) noexcept {
        auto flows = its.flows || !its.arrived.is_empty();
        switch (wanted.what) {
        case request::kind::ready:
            if (!its.accepts || !flows) return watch(begun);
            break;    // what flows never makes an acceptor ready
        case request::kind::send: return send(begun, wanted);
        case request::kind::receive:
            if (flows) break;
            if (!wanted.data) return watch(begun);
            hold(begun);
            return ring_.receive(begun.target().handle, mutable_bytes(wanted.data, wanted.size), token_of(begun, kind::transfer));
        case request::kind::receive_lent:
        case request::kind::accept: break;
        }
        begun.wait_for_target();
        if (!its.arrived.is_empty()) visit_later(its);
        else if (!its.flows) flow(its, wanted.what == request::kind::accept);
    }
    [[gnu::noinline]] void try_send(operation& begun, request wanted) noexcept {
        if (trials_.is_full()) [[unlikely]] return send(begun, wanted);
        hold(begun);
        ring_.try_send(begun.target().handle, bytes(wanted.data, wanted.size), token_of(begun, kind::trial));
        trials_.add(begun, wanted.size);
    }
    [[gnu::noinline]] void send(operation& begun, request wanted) noexcept {
        hold(begun);
        ++sends_;
        ring_.send(begun.target().handle, bytes(wanted.data, wanted.size), token_of(begun, kind::transfer));
    }
    void hold(operation& begun) noexcept {
        begun.set_held(true);
        begun.wait_for_target();    // where closing finds it
    }
    void let_go(operation& ended) noexcept {
        ended.set_held(false);
        if (ended.called_off() == condition{}) ended.stop_waiting();
        else channel_of(ended.target()).leaving.remove(ended);
    }
    // Waits for the ends of the operations that are wanted, for as long as some are held.
    void release(auto are_held, auto is_wanted, auto take_end) noexcept {
        tell_of_trials();
        sift(are_held, [&](completion told) {
            if (!is_of_operation(told.token) || !is_wanted(operation_of(told.token))) return false;
            take_end(operation_of(told.token), told.outcome());
            return true;
        });
    }
    // Takes what is wanted of all that comes, for as long as more of it is awaited; the rest is set aside.
    void sift(auto awaits_more, auto take_if_wanted) noexcept {
        for (auto i = next_aside_; awaits_more() && i < set_aside_.size(); ++i)
            if (take_if_wanted(set_aside_[i])) set_aside_[i].token = 0;
        while (awaits_more() && ring_.enter(1, forever))
            while (ring_.has_completions())
                if (auto told = ring_.take_completion(); !take_if_wanted(told)) set_aside_.push_back(told);
        if (!set_aside_.empty()) visits_.come_soon();
    }
    // Sets the ends of all trials aside, those as well that the system is silent of.
    void tell_of_trials() noexcept {
        if (trials_.is_empty()) [[likely]] return;
        bool entered;
        do {
            entered = ring_.enter(0, instant()).has_value();
            while (ring_.has_completions()) set_aside_.push_back(ring_.take_completion());
        } while (entered && !ring_.has_told_all());
        if (!entered) return trials_.clear();    // a child of the process whose ring it is: nothing goes there
        for (auto i = next_aside_; i < set_aside_.size(); ++i)
            if (kind_of(set_aside_[i].token) == kind::trial) trials_.drop(operation_of(set_aside_[i].token));
        for (trials_.submit(); trials_.has_submitted();)
            if (auto sent = trials_.take(); sent.of)
                set_aside_.push_back({token_of(*sent.of, kind::transfer), static_cast<std::int32_t>(sent.size), 0});
        visits_.come_soon();
    }
    void watch(operation& begun) noexcept {
        begun.set_asked(request::kind::ready);
        hold(begun);
        ring_.poll(begun.target().handle, begun.awaited(), token_of(begun, kind::readiness));
    }
    void call_off(const operation& held) noexcept {
        for (auto what : {kind::transfer, kind::readiness}) ring_.cancel(token_of(held, what));    // it is one of them
    }
    void flow(channel& from, bool accepts) noexcept {
        from.flows = true;
        from.accepts = accepts;
        from.token = with_kind(from.token, accepts ? kind::accepting : kind::receiving);
        if (accepts) ring_.accept_on(from.target->handle, from.token);
        else ring_.receive_on(from.target->handle, from.token);
    }
    // Who waits for what flows.
    [[nodiscard]] static operation* reader_of(const channel& its) noexcept {
        return its.target->readers.find([](const operation& one) { return !one.is_held(); });
    }

    void visit_later(channel& one) noexcept {
        if (!std::exchange(one.visited, true)) visits_.add(one.target->place);
    }
    void visit(std::uint32_t place) {
        channels_[place].visited = false;
        serve(place);
    }

    void take_aside() {
        if (set_aside_.empty()) [[likely]] return;
        while (next_aside_ < set_aside_.size()) take(set_aside_[next_aside_++]);
        set_aside_.clear();
        next_aside_ = 0;
    }
    void take(completion told) {
        if (kind_of(told.token) == kind::receiving) [[likely]] ++news_, take_arrival(told);
        else take_end(told);
    }
    [[gnu::noinline]] void take_end(completion told) {
        switch (kind_of(told.token)) {
        case kind::nothing: return;
        case kind::receiving:
        case kind::accepting: ++news_; return take_arrival(told);
        case kind::transfer: return take_transfer(operation_of(told.token), told.outcome());
        case kind::trial: return take_trial(operation_of(told.token), told.outcome());
        case kind::readiness: ++news_; return take_readiness(operation_of(told.token), told.outcome());
        }
    }

    // Whether it was called off, which ends it now.
    [[nodiscard]] static bool ends_called_off(operation& one) noexcept {
        auto reason = one.called_off();
        if (reason == condition{}) [[likely]] return false;
        one.end(error(verb::none, reason));
        return true;
    }

    void take_transfer(operation& one, result<std::size_t> moved) {
        let_go(one);
        if (!moved) [[unlikely]] return take_failure(one, moved.error());
        if (one.complete(moved, nullptr)) [[likely]] return one.go_on();
        if (!ends_called_off(one)) start(one);
    }
    // Lets those go on whose trials have gone. They come before what else there is to tell: much of it is for them.
    void settle() {
        ring_.for_each_token([&](std::uint64_t token) {
            if (kind_of(token) == kind::trial) trials_.drop(operation_of(token));
        });
        while (trials_.has_submitted())
            if (auto sent = trials_.take(); sent.of) take_transfer(*sent.of, std::size_t{sent.size});
    }
    // What could not go at once, or not all of it, is a send that waits from then on.
    [[gnu::cold]] void take_trial(operation& one, result<std::size_t> moved) {
        trials_.drop(one);
        if (!moved && moved.error() != std::errc::resource_unavailable_try_again) return take_transfer(one, moved);
        let_go(one);
        if (moved && one.complete(moved, nullptr)) return one.go_on();
        if (!ends_called_off(one)) send(one, one.wanted());
    }
    [[gnu::cold]] void take_failure(operation& one, error cause) {
        auto again = cause == std::errc::operation_canceled || cause == std::errc::interrupted;
        if (again || is_refusal(cause)) {
            if (ends_called_off(one)) return;
            return again ? start(one) : watch(one);
        }
        if (one.complete(failure(cause), nullptr)) return one.go_on();
        if (!ends_called_off(one)) start(one);
    }
    void take_readiness(operation& one, const result<std::size_t>& events) {
        let_go(one);
        if (ends_called_off(one)) return;
        if (!events) return one.end(events.error());
        one.try_now();
    }

    // The handle is told not to wait, or is no socket: then readiness must do.
    [[nodiscard]] static bool is_refusal(error cause) noexcept {
        return cause == std::errc::resource_unavailable_try_again || cause == std::errc::not_a_socket;
    }
    // Errors that tell nothing of the connection: no buffers were left, or the flow was stopped.
    [[nodiscard]] static bool is_passing(error cause) noexcept {
        return cause == std::errc::no_buffer_space || cause == std::errc::operation_canceled || cause == std::errc::interrupted;
    }

    void take_arrival(completion told) {
        auto place = place_of(told.token);
        auto& its = channels_[place];
        if (!its.target || its.token != told.token) [[unlikely]] return refuse(told);
        answer_at_once(*its.target);
        if (!told.has_more()) [[unlikely]] its.flows = its.stops = false;
        else if (auto& readers = its.target->readers;
                 !readers.is_empty() && readers.front().asked() == request::kind::receive_lent && its.arrived.is_empty() && told.has_buffer())
            return lend(readers.pop_front(), told);
        take_other(its, told);
    }
    // An answer that nothing else goes with goes by a call of its own, at once.
    void answer_at_once(registration& heard) noexcept {
        if (is_alone_ && heard.writers.is_empty()) heard.writing.tell();
        else heard.writing.exhaust();
    }
    // What most often comes: bytes for one who waits for them.
    void lend(operation& reader, completion told) {
        (void)reader.complete(static_cast<std::size_t>(told.code), ring_.take_buffer(told));
        reader.go_on();
    }
    [[gnu::noinline]] void take_other(channel& its, completion told) {
        auto outcome = told.outcome();
        if (outcome) deliveries_.push(its.arrived, {outcome, ring_.take_buffer(told)});
        else if (is_refusal(outcome.error()))
            while (auto reader = reader_of(its)) reader->stop_waiting(), watch(*reader);
        else if (!is_passing(outcome.error())) deliveries_.push(its.arrived, {outcome});
        else if (!its.flows) return visit_later(its);    // once there are buffers again
        serve(place_of(told.token));
    }
    // What comes for one that is about to go.
    void keep(channel& its, completion told) noexcept {
        if (!told.has_more()) its.flows = its.stops = false;
        auto outcome = told.outcome();
        if (outcome || !(is_refusal(outcome.error()) || is_passing(outcome.error()))) deliveries_.push(its.arrived, {outcome, ring_.take_buffer(told)});
    }
    // What has come for one that has gone.
    [[gnu::cold]] void refuse(completion told) noexcept {
        if (told.succeeded() && kind_of(told.token) == kind::accepting) os::native::close(static_cast<os::handle>(told.code));
        give_back(ring_.take_buffer(told));
    }

    // Hands over what has come to those who wait for it, and lets more come only when it is wanted. Whoever goes on may take the
    // handle away, and others may come meanwhile.
    void serve(std::uint32_t place) {
        auto target = channels_[place].target;
        auto generation = generation_of(channels_[place].token);
        for (;;) {
            auto& its = channels_[place];
            if (!target || its.target != target || generation_of(its.token) != generation) [[unlikely]] return;
            auto reader = reader_of(its);
            if (its.arrived.is_empty() || !reader) return regulate(its);
            if (!hand_over(its, *reader)) continue;
            reader->stop_waiting();
            if (!loop_.spend()) {    // others go on first
                visit_later(its);
                return reader->go_on_later();
            }
            reader->go_on();
        }
    }
    void regulate(channel& its) noexcept {
        if (!its.flows) {
            if (reader_of(its)) flow(its, its.accepts);
        } else if (!its.stops && its.arrived.count() >= (its.accepts ? most_accepted : most_received)) {
            its.stops = true;
            ring_.cancel(its.token);
        }
    }

    // Gives the first of what has come to a reader: whether that one has enough.
    [[nodiscard]] bool hand_over(channel& its, operation& reader) noexcept {
        auto& first = deliveries_.front(its.arrived);
        auto outcome = first.outcome;
        std::byte* lent = nullptr;
        if (its.accepts || !outcome) {
        } else if (reader.asked() == request::kind::receive_lent) {
            lent = first.buffer ? first.buffer : loop_.buffers.take();    // the end has none
            if (!lent) [[unlikely]] outcome = failure(verb::read, std::errc::not_enough_memory);
            if (first.taken > 0) outcome = shift(lent, first.taken, *outcome);
        } else if (first.buffer) {
            outcome = reader.fill(bytes(first.buffer + first.taken, *first.outcome - first.taken));
            first.taken += *outcome;
            if (first.taken < *first.outcome) return reader.complete(outcome, nullptr);
            give_back(first.buffer);
        }
        deliveries_.pop(its.arrived);
        return reader.complete(outcome, lent);
    }
    // Moves the rest of what a buffer holds to its begin, and says how much that is.
    [[nodiscard]] static std::size_t shift(std::byte* buffer, std::size_t from, std::size_t size) noexcept {
        std::memmove(buffer, buffer + from, size - from);
        return size - from;
    }

    loop_state& loop_;
    Ring ring_;
    std::vector<channel> channels_;
    std::vector<std::uint32_t> free_;      // places in there
    delivery_pool deliveries_;
    batch_patience patience_;
    trials trials_;
    unsigned sends_ = 0, news_ = 0;        // begun since the last turn; told in this one, but for the ends of transfers
    std::vector<completion> set_aside_;    // told while one operation was waited for
    std::size_t next_aside_ = 0;
    bool is_alone_ = false;                // the completion that is being taken is the only one of its turn
    visits visits_;
};

}  // namespace plumb::detail
