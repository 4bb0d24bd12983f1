// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/loop/async_pipe.hpp>
#include <plumb/loop/children.hpp>
#include <plumb/loop/scope.hpp>
#include <plumb/process/run.hpp>

#include <string>

// Programs that are started, fed, listened to and waited for in one go, without holding up a loop. Absent where a loop can wait for
// sockets alone.

namespace plumb::inline v0_1 {

namespace detail {

// A program that runs, what it is told, and what it says. What goes wrong about that ends it.
template <class Loop>
class conversation {
public:
    conversation(process started, std::size_t most) noexcept : child_(std::move(started)), most_(most) {}

    [[nodiscard]] process& child() noexcept { return child_; }
    void kill() {
        if (!child_.kill_tree()) (void)child_.kill();
    }

    // Attaches our ends of its pipes.
    [[nodiscard]] result<void> attach(Loop& in) {
        if (auto attached = take(in, child_.input(), input_); !attached) return attached;
        if (auto attached = take(in, child_.output(), output_); !attached) return attached;
        return take(in, child_.error(), error_);
    }
    // Begins to talk.
    void begin(scope& beside, bytes input) {
        if (input_.is_open()) beside.spawn(say(input));
        beside.spawn(hear(output_, heard_[0]));
        beside.spawn(hear(error_, heard_[1]));
    }
    // What came of it, once the program has ended: with what it had written by then, and nothing that comes later from elsewhere.
    [[nodiscard]] result<run_outcome> outcome(process_status status) {
        os::exchange rest{.outputs = {{{output_.native_handle(), &heard_[0]}, {error_.native_handle(), &heard_[1]}}}, .most = most_};
        auto hear_the_rest = [](auto& traffic) { return hear_rest(traffic); };
        if (trouble_) trouble_ = hear_the_rest(rest);
        if (!trouble_) return failure(trouble_.error());
        return run_outcome{status, std::move(heard_[0]), std::move(heard_[1])};
    }

private:
    template <class Ours, class Attached>
    [[nodiscard]] static result<void> take(Loop& in, Ours& ours, Attached& to) {
        if (!ours.is_open()) return {};
        auto attached = in.attach(std::move(ours));
        if (!attached) return failure(attached.error());
        to = *std::move(attached);
        return {};
    }

    // That nobody reads it any more is no failure: a program need not read everything.
    [[nodiscard]] task<> say(bytes input) {
        auto said = co_await input_.write_all(input);
        if (!said && said.error() != std::errc::broken_pipe) note(said.error());
        input_.close();
    }
    [[nodiscard]] task<> hear(async_pipe_reader& from, std::string& to) {
        auto heard = co_await from.read_to_end(to, most_);
        if (!heard) note(heard.error());
        else from.close();
    }
    void note(error cause) {
        if (cause == condition::cancelled || !trouble_) return;    // it has ended
        trouble_ = failure(cause.during(verb::run));
        kill();
    }

    process child_;
    std::size_t most_;
    async_pipe_writer input_;
    async_pipe_reader output_, error_;
    std::string heard_[2];
    result<void> trouble_;
};

}  // namespace detail

template <std::same_as<loop> Loop>
    requires requires(Loop& in, process& child) { wait_in(in, child); }
task<result<run_outcome>> process::run(Loop& in, command what, run_options options) {
    const auto settled = os::patience_of<os::native>(options.timeout, options.stop);
    auto started = spawn(what, detail::to_be_run(options));
    if (!started) co_return failure(started.error().during(verb::run));
    detail::conversation<Loop> talk(*std::move(started), options.most);
    auto attached = talk.attach(in);
    if (!attached) co_return failure(attached.error().during(verb::run));
    scope beside(in);
    talk.begin(beside, options.input);
    auto status = co_await in.wait(talk.child(), settled);
    if (!status) {
        talk.kill();
        auto killed = co_await in.wait(talk.child());
        if (!killed) co_return failure(status.error().during(verb::run));    // whoever awaits this is stopped
    }
    beside.stop();
    auto joined = co_await beside.join();
    if (!status || !joined) co_return failure((status ? joined.error() : status.error()).during(verb::run));
    co_return talk.outcome(*status);
}

}  // namespace plumb
