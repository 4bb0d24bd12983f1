// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/loop/held_operations.hpp>
#include <plumb/loop/visits.hpp>
#include <plumb/os/native.hpp>

#include <utility>

// What the system receives and accepts by itself, and who gets it.

namespace plumb::inline v0_1::detail {

// Lets what comes flow for as long as it is wanted. What comes before somebody waits for it is kept, up to a bound.
template <class Ring>
class inflow final : public visits {
    using completion = typename Ring::completion;

public:
    inflow(loop_state& loop, Ring& ring, provision<Ring>& buffers, aside<Ring>& others, held_operations<Ring>& held)
        : visits(loop, places_, buffers.count()), ring_(ring), provision_(buffers), aside_(others), held_(held) {}

    // None when there is no memory for one.
    [[nodiscard]] inlet* attach(os::handle handle) noexcept { return places_.take(loop_, handle); }
    // Forgets what has come for one that goes, and takes what comes from now on for another's.
    void detach(inlet& gone) noexcept {
        for (; !gone.arrived.is_empty(); deliveries_.pop(gone.arrived)) {
            auto& unwanted = deliveries_.front(gone.arrived);
            if (gone.accepts && unwanted.outcome) os::native::close(static_cast<os::handle>(*unwanted.outcome));
            give_back(unwanted.lent);
        }
        ++gone.generation;
        gone.flows = gone.stops = gone.accepts = false;
        places_.put_back(gone);
    }
    // All that was told has been taken.
    void recycle() noexcept { places_.recycle(); }

    // Has an operation wait for what comes, and that come. What needs buffers for that comes behind those that wait for a visit, since
    // they may be waiting for buffers.
    void start(operation& begun, inlet& its, bool accepts) noexcept {
        begun.wait_for_target();
        if (!its.arrived.is_empty() || (!its.flows && !accepts && awaits_visits())) visit_later(its);
        else if (!its.flows) flow(its, accepts);
    }
    // Whether what has come already was enough for an operation.
    [[nodiscard]] bool try_once(operation& hurried, inlet& its) noexcept {
        while (!its.arrived.is_empty())
            if (hand_over(its, hurried)) return true;
        return false;
    }
    // Lets no more come.
    void hold_back(inlet& its) noexcept {
        if (its.flows) ring_.cancel(its.token());
    }
    // What was received for one whose coroutine has gone comes first, and no more before it is asked for.
    void keep_for_next(inlet& its, completion told) noexcept {
        keep(its, told);
        its.stops = true;
    }
    // Gives what has come, and lets no more come.
    void recall(inlet& its, arrivals& ahead) {
        hold_back(its);
        aside_.sift([&] { return its.flows; }, [&](completion told) {
            if (told.token != its.token()) return false;
            keep(its, told);
            return true;
        });
        std::size_t handles = 0, size = 0;
        deliveries_.for_each(its.arrived, [&](const delivery& one) {
            if (one.outcome && its.accepts) ++handles;
            else size += one.lent.size;
        });
        ahead.handles.reserve(handles);    // from here on nothing throws
        ahead.bytes.reserve(size);
        for (; !its.arrived.is_empty(); deliveries_.pop(its.arrived)) {
            auto& first = deliveries_.front(its.arrived);
            if (!first.outcome) ahead.outcome = failure(first.outcome.error());
            else if (its.accepts) ahead.handles.push_back(static_cast<os::handle>(*first.outcome));
            else if (first.lent.data) ahead.bytes.append(reinterpret_cast<const char*>(first.lent.data), first.lent.size);
            give_back(first.lent);
        }
    }

    // What is told of it; `alone` where nothing else is told in the same turn.
    void take(completion told, bool alone) {
        auto& its = places_[place_of(told.token)];
        if (its.generation != generation_of(told.token)) [[unlikely]] return refuse(told);
        its.hear(alone);
        if (!told.has_more()) [[unlikely]] its.flows = its.stops = false;
        else if (auto& readers = its.readers;
                 !readers.is_empty() && readers.front().asked() == request::kind::receive_lent && its.arrived.is_empty() && told.has_buffer())
            return lend(readers.pop_front(), told);
        take_other(its, told);
    }
    // What has come for one that has gone.
    [[gnu::cold]] void refuse(completion told) noexcept {
        if (told.succeeded() && kind_of(told.token) == token_kind::accepting) os::native::close(static_cast<os::handle>(told.code));
        give_back(provision_.take(told));
    }

private:
    // So much may have come ahead before a flow is stopped: a connection's buffers are big.
    static constexpr unsigned most_received = 2, most_accepted = 64;

    static void give_back(lent_part lent) noexcept {
        if (lent.data) buffer_pool::put_back(lent);
    }

    void flow(inlet& from, bool accepts) noexcept {
        from.flows = true;
        from.accepts = accepts;
        if (accepts) ring_.accept_on(from.handle, from.token());
        else ring_.receive_on(from.handle, from.token());
    }

    // Errors that tell nothing of the connection: no buffers were left, or the flow was stopped.
    [[nodiscard]] static bool is_passing(error cause) noexcept {
        return cause == std::errc::no_buffer_space || cause == std::errc::operation_canceled || cause == std::errc::interrupted;
    }

    // What most often comes: bytes for one who waits for them.
    void lend(operation& reader, completion told) {
        (void)reader.complete(static_cast<std::size_t>(told.code), provision_.take(told));
        reader.go_on();
    }
    [[gnu::noinline]] void take_other(inlet& its, completion told) {
        auto outcome = told.outcome();
        if (outcome) deliveries_.push(its.arrived, {outcome, provision_.take(told)});
        else if (is_refusal(outcome.error())) watch_readers(its);
        else if (!is_passing(outcome.error())) deliveries_.push(its.arrived, {outcome, {}});
        else if (!its.flows) return visit_later(its);    // once there are buffers again
        (void)visit(its);
    }
    void watch_readers(inlet& its) noexcept {
        while (auto reader = its.reader()) reader->stop_waiting(), held_.watch(*reader);
    }
    // What comes for one that is about to go.
    void keep(inlet& its, completion told) noexcept {
        if (!told.has_more()) its.flows = its.stops = false;
        auto outcome = told.outcome();
        if (outcome || !(is_refusal(outcome.error()) || is_passing(outcome.error()))) deliveries_.push(its.arrived, {outcome, provision_.take(told)});
    }

    // Hands over what has come to those who wait for it, and lets more come only when it is wanted. Whoever goes on may take the
    // handle away, and others may come meanwhile.
    bool visit(inlet& its) override {
        auto generation = its.generation;
        for (;;) {
            if (its.generation != generation || its.handle == os::none) [[unlikely]] return false;
            auto reader = its.reader();
            if (its.arrived.is_empty() || !reader) return regulate(its);
            if (!hand_over(its, *reader)) continue;
            reader->stop_waiting();
            if (!loop_.spend()) {    // others go on first
                visit_later(its);
                return reader->go_on_later(), false;
            }
            reader->go_on();
        }
    }
    // Whether something flows again.
    bool regulate(inlet& its) noexcept {
        if (!its.flows) {
            if (its.stops) return watch_readers(its), false;
            auto reader = its.reader();
            if (reader && (its.accepts || provision_.has_any())) return flow(its, its.accepts), true;
            for (; reader; reader = its.reader()) reader->end(error(verb::none, std::errc::not_enough_memory));
        } else if (!its.stops && its.arrived.count() >= (its.accepts ? most_accepted : most_received)) {
            its.stops = true;
            hold_back(its);
        }
        return false;
    }

    // Gives the first of what has come to a reader: whether that one has enough.
    [[nodiscard]] bool hand_over(inlet& its, operation& reader) noexcept {
        auto& first = deliveries_.front(its.arrived);
        auto outcome = first.outcome;
        auto lent = first.lent;
        if (lent.data && !request::lends(reader.asked())) {
            auto taken = reader.fill(bytes(lent.data, lent.size));
            outcome = taken;
            if (taken < lent.size) return first.lent = lent.rest(taken), reader.complete(outcome, {});
            buffer_pool::put_back(std::exchange(lent, {}));
        }
        deliveries_.pop(its.arrived);
        return complete(reader, outcome, lent);
    }

    registry<inlet> places_;
    Ring& ring_;
    provision<Ring>& provision_;
    aside<Ring>& aside_;
    held_operations<Ring>& held_;
    delivery_pool deliveries_;
};

}  // namespace plumb::detail
