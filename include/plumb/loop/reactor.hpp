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
        return source_.add(added.handle, &added);
    }
    void detach(registration& gone) noexcept override { source_.remove(gone.handle, gone.place); }

    void start(operation& begun) noexcept override {
        auto& target = begun.target();
        if (target.may(begun.awaited())) return loop_.retries.push_back(begun);    // its share was used up
        begun.wait_for_target();
        if (!Source::tells_edges || begun.take_doubt()) source_.ask(target.handle, &target, begun.awaited(), target.place);
    }

    void cancel(operation& unwanted, condition reason) noexcept override { unwanted.end(error(verb::none, reason)); }
    void forget(operation&) noexcept override {}    // it was only in our lists, which it leaves by itself

    [[nodiscard]] result<void> wait(instant until) override {
        if (auto outcome = source_.wait(until, [this](void* token, std::uint32_t events) { tell(*static_cast<registration*>(token), events); });
            !outcome) [[unlikely]] return outcome;
        loop_.registrations.recycle();
        return {};
    }

    os::handle native_handle() const noexcept override { return source_.native_handle(); }

private:
    // A handle is ready. What goes on may take the handle away: then nothing waits here any more.
    void tell(registration& target, std::uint32_t events) {
        if (events & Source::stays) [[unlikely]] target.keeps_reading = true;
        if (events & Source::writes) target.may_write = true;
        if (events & Source::reads) {
            target.may_read = true;
            if (target.readers) carry_out(target.readers, target.may_read);
        }
        if (target.writers) [[unlikely]] carry_out(target.writers, target.may_write);
    }

    // Tries what waits, in order, for as long as a try may succeed.
    void carry_out(operation*& waiting, const bool& may) {
        for (auto told = may; waiting && may; told = false) {
            loop_.share = loop_state::fair_share;
            operation::next_waiting(waiting).try_now(told);
        }
    }

    loop_state& loop_;
    Source source_;
};

}  // namespace plumb::detail
