// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/core/result.hpp>
#include <plumb/os/native.hpp>
#include <plumb/os/persist.hpp>
#include <plumb/os/resolver.hpp>
#include <plumb/os/shared.hpp>
#include <plumb/os/waker.hpp>

#include <concepts>
#include <new>
#include <utility>

// Asking a resolver that cannot be interrupted, without waiting longer than one wants to. Resolvers have no deadline, so
// a lookup with one is made on a thread of its own, and left to itself when the time has come.

namespace plumb::inline v0_1 {

// What may follow the arguments of a lookup: a deadline, a stop token, the family that is wanted, whose service is meant.
template <class T>
concept lookup_option = limit<T> || std::same_as<T, ip_family> || std::same_as<T, transport>;

namespace detail {

// The options of one lookup, settled when it starts.
template <class System>
struct lookup_options {
    patience limits;
    ip_family family = ip_family::any;
    transport over = transport::tcp;

    explicit lookup_options(const lookup_option auto&... options) { (take(options), ...); }

    void take(ip_family wanted) noexcept { family = wanted; }
    void take(transport wanted) noexcept { over = wanted; }
    void take(const limit auto& wanted) {
        limits.settle(wanted, [] { return System::now(); });
    }
};

// A question, its answer and the waker that tells of it. They belong to the thread that asks and to the one that waits: a
// lookup that was left behind ends whenever it likes, and touches nothing else.
template <class Question>
struct shared_lookup : os::counted {
    explicit shared_lookup(Question&& asked) : question(std::move(asked)) {}

    // Asks, and tells that it has: in the thread that does, where nobody could catch anything. All that can be missing there is memory.
    void carry_out(verb operation) noexcept {
#if defined(__cpp_exceptions)
        try {
            answer = question();
        } catch (const std::bad_alloc&) {
            answer = failure(operation, std::errc::not_enough_memory);
        }
#else
        (void)operation;
        answer = question();
#endif
        answered.wake();
    }

    Question question;
    decltype(question()) answer;    // until `answered` is awake it belongs to the thread that asks
    os::waker answered;
};

// Waits until one waker is awake, or tells why not: the limits may bring a waker of their own.
template <class System>
[[nodiscard]] result<void> await_waker(verb operation, os::waker& awaited, const patience& limits) {
    while (!awaited.is_awake()) {
        if (auto still = os::check<System>(operation, limits); !still) return still;
        result<std::size_t> ended;
        if (limits.sleeper) {
            auto readable = awaited.open();
            if (!readable) return failure(readable.error().during(operation));
            os::watch one{*readable};
            ended = System::wait({&one, 1}, limits.until, limits.sleeper);
        } else {
            ended = System::wait({}, limits.until, &awaited);
        }
        if (!ended && ended.error() != std::errc::interrupted) return failure(ended.error().during(operation));
    }
    return {};
}

// Carries out `question()`, which asks the resolver and owns all that it needs, for as long as the limits allow.
// Cost: without limits the call itself; with them a thread, an event descriptor, and the allocations of both.
template <class System, class Question>
[[nodiscard]] auto ask(verb operation, const patience& limits, Question question) -> decltype(question()) {
    if (limits.until == (instant::max)() && !limits.sleeper) return question();
    if (auto still = os::check<System>(operation, limits); !still) return failure(still.error());
    os::shared<shared_lookup<Question>> lookup(new shared_lookup<Question>(std::move(question)));
    auto asking = System::thread::start([lookup, operation] { lookup->carry_out(operation); });
    if (!asking) return failure(asking.error());
    if (auto answered = await_waker<System>(operation, lookup->answered, limits); !answered) {
        asking->detach();
        return failure(answered.error());
    }
    asking->join();    // it has nothing left to do
    return std::move(lookup->answer);
}

}  // namespace detail

}  // namespace plumb
