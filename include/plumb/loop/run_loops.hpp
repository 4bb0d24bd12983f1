// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/loop/loop.hpp>
#include <plumb/os/stop.hpp>

#include <exception>
#include <vector>

// Many cores: a loop in each of several threads.

namespace plumb::inline v0_1 {

namespace detail {

// Loops that run at once and end together.
template <class Work>
class joint_run {
public:
    joint_run(Work& work, stop_source& stop, driver on) noexcept : work_(work), stop_(stop), on_(on) {}

    // Runs one of them in this thread.
    void run(std::size_t number) noexcept {
#if defined(__cpp_exceptions)
        try {
            run_it(number);
        } catch (...) {
            fail({verb::none, std::errc{}}, std::current_exception());
        }
#else
        run_it(number);
#endif
    }

    // Has all of them end. Only the first failure is kept: what follows is its consequence.
    void fail(error cause, std::exception_ptr thrown = nullptr) noexcept {
        if (!failed_.exchange(true)) {
            outcome_ = failure(cause);
            thrown_ = std::move(thrown);
        }
        stop_.request_stop();
    }
    [[nodiscard]] bool has_failed() const noexcept { return failed_.load(); }

    // How they ended. All have.
    [[nodiscard]] result<void> outcome() const {
        if (thrown_) std::rethrow_exception(thrown_);
        return outcome_;
    }

private:
    void run_it(std::size_t number) {
        loop own(on_);
        using given = decltype(own.run(work_(own, number)));
        static_assert(std::is_void_v<given> || is_result<given>, "what a loop runs gives nothing, or a result");
        if constexpr (!is_result<given>) own.run(work_(own, number));
        else if (auto outcome = own.run(work_(own, number)); !outcome) fail(outcome.error());
    }

    Work& work_;
    stop_source& stop_;
    driver on_;
    os::atomic<bool> failed_{false};
    result<void> outcome_;
    std::exception_ptr thrown_;
};

}  // namespace detail

// Runs `count` loops at once, the first in the calling thread and each other in one of its own, and in each the task that
// work(loop, number) gives. Returns when all have ended. When one of them fails or throws, the stop is requested: give its
// tokens to what waits in the others. Nothing else is shared between them.
//     stop_source stop;
//     auto signals = stop_on({signal_number::interrupt, signal_number::terminate}, stop).value();
//     auto ended = run_loops(4, stop, [&](loop& in, std::size_t number) { return serve(in, listeners[number], stop.token()); });
// Threads: `work` is called by several at once. Signals come to the calling one: the others hold all of them back.
// Errors: that of the loop that failed first, or of a thread that could not be started; invalid_argument for no loops at all.
// What a loop throws first is thrown here.
template <class System = os::native, class Work>
[[nodiscard]] result<void> run_loops(std::size_t count, stop_source stop, Work work, driver on = driver::automatic) {
    if (count == 0) return failure(verb::start_thread, std::errc::invalid_argument);
    detail::joint_run<Work> all(work, stop, on);
    {
        std::vector<typename System::thread> others;    // joined where they go
        others.reserve(count - 1);
        for (std::size_t number = 1; number < count && !all.has_failed(); ++number) {
            auto other = System::thread::start([&all, number] { all.run(number); });
            if (other) others.push_back(*std::move(other));
            else all.fail(other.error());
        }
        if (!all.has_failed()) all.run(0);
    }
    return all.outcome();
}

}  // namespace plumb
