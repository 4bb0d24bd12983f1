// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/loop/scope.hpp>
#include <plumb/os/stop.hpp>

#include <exception>
#include <vector>

// Many loops, a thread for each.

namespace plumb::inline v0_1 {

namespace detail {

// One loop of several: runs its task, and has all stopped when that throws.
class one_of_loops final : running_tasks<void> {
public:
    one_of_loops(loop& in, stop_source stop) noexcept : running_tasks(in), in_(in), stop_(std::move(stop)) {}

    // Gives what the task threw, if it did.
    [[nodiscard]] std::exception_ptr run(task<> work) {
        in_.run(wait_for(std::move(work)));
        return thrown_;
    }

private:
    task<> wait_for(task<> work) {
        spawn(std::move(work));
        (void)co_await at_most(0);
    }
    void take(promise<void>& ended) noexcept override {
        thrown_ = ended.take_exception();
        if (thrown_) stop_.request_stop();
    }

    loop& in_;
    stop_source stop_;
    std::exception_ptr thrown_;
};

}  // namespace detail

// Runs so many loops at once, one in this thread and each of the others in one of its own, with every signal blocked, and
// waits until all have ended. Each runs the task that `work(loop, number)` gives, the numbers from 0. They share nothing but what
// work shares. When one throws, a stop is requested, so that those that heed it end as well; what the first one threw is
// thrown here. A stop that was requested by anybody ends them all together:
//     run_loops(4, stop, [&](loop& in, std::size_t which) -> task<> { … servers[which] … stop.token() … });
// with an acceptor for each loop that has set reuse_port, so that the kernel deals the connections out.
// Errors: those of starting threads; then a stop is requested too.
template <class Work>
[[nodiscard]] result<void> run_loops(std::size_t count, stop_source stop, Work work, driver wanted = driver::automatic) {
    std::vector<std::exception_ptr> thrown(count);
    auto run_one = [&](std::size_t which) {
        loop in(wanted);
        thrown[which] = detail::one_of_loops(in, stop).run(work(in, which));
    };
    result<void> outcome;
    {
        std::vector<os::native::thread> others;
        others.reserve(count);
        for (std::size_t which = 1; which < count && outcome; ++which) {
            auto started = os::native::thread::start([&run_one, which] { run_one(which); });
            if (started) others.push_back(*std::move(started));
            else outcome = failure(started.error());
        }
        if (!outcome) stop.request_stop();
        if (count > 0) run_one(0);
    }
    for (auto& one : thrown)
        if (one) std::rethrow_exception(one);
    return outcome;
}

}  // namespace plumb
