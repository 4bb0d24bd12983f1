// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/loop/loop_state.hpp>
#include <plumb/loop/registry.hpp>

#include <utility>

// A driver that is told when handles are ready: operations are tried first and wait only when they are refused.

namespace plumb::inline v0_1::detail {

// Carries operations out by their calls. Source tells when to: os::epoll_set or os::poll_set.
template <class Source>
class reactor final : public proactor {
public:
    reactor(loop_state& loop, Source source) noexcept : loop_(loop), source_(std::move(source)) {}

    [[nodiscard]] result<registration*> attach(os::handle handle) noexcept override {
        auto added = places_.take(loop_, handle);
        if (!added) return failure(verb::wait, std::errc::not_enough_memory);
        added->known = usual;
        auto known = source_.add(handle, added);
        if (known) return added;
        places_.put_back(*added);
        return failure(known.error());
    }
    void detach(registration& gone) noexcept override {
        source_.remove(gone.handle, gone.place);
        places_.put_back(gone);
    }

    void start(operation& begun, request) noexcept override {
        auto& target = begun.target();
        auto& prospects = begun.prospects();
        if (prospects.is_good()) return loop_.retries.push_back(begun);    // others go on first
        begun.wait_for_target();
        if (prospects.will_be_told()) return;
        source_.ask(target.handle, &target, begun.awaited(), target.place);
        if (Source::tells_edges) prospects.trust();
    }

    void cancel(operation& unwanted, condition reason) noexcept override { unwanted.end(error(verb::none, reason)); }
    void forget(operation&) noexcept override {}    // it was only in our lists, which it leaves by itself

    [[nodiscard]] result<void> wait(instant until) override {
        if (auto outcome = source_.wait(until, [this](void* token, std::uint32_t events) { tell(*static_cast<registration*>(token), events); });
            !outcome) [[unlikely]] return outcome;
        places_.recycle();
        return {};
    }

    os::handle native_handle() const noexcept override { return source_.native_handle(); }

private:
    // What is known of a handle that has just come, and nearly always when there is something to be read: it can be written.
    static constexpr outlooks usual{outlook(Source::tells_edges), outlook(Source::tells_edges, true)};

    // A handle is ready. What goes on may take the handle away: then nothing waits here any more.
    void tell(registration& target, std::uint32_t events) {
        if (events == Source::usual && target.known == usual && target.readers.is_one() && target.writers.is_empty()) [[likely]]
            target.readers.pop_front().told_ready();
        else tell_more(target, events);
    }
    // The same, whatever the events are, whatever was known, and whoever waits.
    [[gnu::noinline]] void tell_more(registration& target, std::uint32_t events) {
        if (events & Source::unknown) return refuse(target);
        if (events & Source::stays) target.known.reading.tell_for_good();
        if (events & Source::reads) target.known.reading.tell();
        if (events & Source::writes) target.known.writing.tell();
        carry_out(target.readers, target.known.reading);
        carry_out(target.writers, target.known.writing);
    }

    // Tries what waits, in order, for as long as a try may succeed.
    static void carry_out(waiting_list& waiting, const outlook& prospects) {
        for (bool told = true; prospects.is_good() && !waiting.is_empty(); told = false) {
            auto& first = waiting.pop_front();
            told ? first.try_told() : first.try_now();
        }
    }

    // Somebody has closed the handle, or it never was one.
    static void refuse(registration& target) noexcept {
        for (auto waiting : {&target.readers, &target.writers})
            while (!waiting->is_empty()) waiting->front().end(error(verb::none, std::errc::bad_file_descriptor));
    }

    loop_state& loop_;
    Source source_;
    registry<registration> places_;
};

}  // namespace plumb::detail
