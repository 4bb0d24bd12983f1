// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/loop/loop_state.hpp>

#include <utility>

// A driver that is told when handles are ready: operations are tried first and wait only when they are refused.

namespace plumb::inline v0_1::detail {

// Carries operations out by their calls. Source tells when to: os::epoll_set or os::poll_set.
template <class Source>
class reactor final : public proactor {
public:
    reactor(loop_state& loop, Source source) noexcept : loop_(loop), source_(std::move(source)) {}

    [[nodiscard]] result<void> attach(registration& added) override {
        added.may_write = true;    // a fresh one nearly always can; whether it can be read, the source tells unasked
        return source_.add(added.handle, added.token());
    }
    void detach(registration& gone) noexcept override { source_.remove(gone.handle, gone.place); }

    void start(operation& begun) noexcept override {
        auto& target = begun.target();
        if (target.may(begun.awaited())) return loop_.ready.push_back(begun);    // its share was used up
        target.waiting(begun.awaited()).push_back(begun);
        if (!Source::tells_edges || begun.take_doubt()) source_.ask(target.handle, target.token(), begun.awaited(), target.place);
    }

    void cancel(operation& unwanted, error reason) noexcept override { unwanted.end(reason); }
    void forget(operation&) noexcept override {}    // it was only in our lists, which it leaves by itself

    [[nodiscard]] result<void> wait(instant until) override {
        return source_.wait(until, [this](std::uint64_t token, std::uint32_t events) {
            auto found = loop_.registrations.find(token);
            if (!found) return;
            if (events & Source::stays) found->keeps_reading = true;
            if (events & Source::reads && !carry_out(*found, token, os::interest::readable)) return;
            if (events & Source::writes) carry_out(*found, token, os::interest::writable);
        });
    }

    os::handle native_handle() const noexcept override { return source_.native_handle(); }

private:
    // Tries what waits for a handle that is ready; false when the handle has gone meanwhile.
    bool carry_out(registration& target, std::uint64_t token, os::interest what) {
        target.set_may(what, true);
        auto& waiting = target.waiting(what);
        target.just_told = true;
        while (!waiting.is_empty() && target.may(what)) {
            loop_.resume(waiting.pop_front());
            if (target.token() != token) return false;
        }
        target.just_told = false;
        return true;
    }

    loop_state& loop_;
    Source source_;
};

}  // namespace plumb::detail
