// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/process/fork.hpp>
#include <plumb/process/process_id.hpp>
#include <plumb/process/spawn_options.hpp>

#include <optional>

// Child processes: started, talked to, waited for, and ended.

namespace plumb::inline v0_1 {

// The event loop's, which is above.
class loop;
template <class T>
class task;

namespace detail {

template <class Self, bool = os::can_fork>
struct send_verb {};

// Where signals can be sent.
template <class Self>
struct send_verb<Self, true> {
    // Sends a signal to the child.
    // Errors: no_such_process once it has been collected, without a system call; operation_not_permitted.
    // Calls: pidfd_send_signal or kill.
    [[nodiscard]] result<void> send(signal_number number) noexcept {
        auto& self = static_cast<Self&>(*this);
        if (self.now() != Self::phase::running) return failure(verb::kill, std::errc::no_such_process);
        return Self::kernel::send(self.child_, static_cast<int>(number));
    }
};

}  // namespace detail

// Owns a child process. When it goes while the child runs, the child is ended: it is asked to, and after its grace killed. No
// path leaves a zombie. The process's own setting of SIGCHLD is never touched.
// Where the kernel has pidfds it cannot confuse the child with another process, whoever else collects children.
// Threads: one at a time; a stop token ends a wait from another.
class process : public detail::fork_verb<process>, public detail::send_verb<process> {
    using kernel = os::native_processes;

public:
    process(process&& other) noexcept
        : child_(other.child_), phase_(std::exchange(other.phase_, phase::given_away)), ending_(other.ending_), grace_(other.grace_),
          pipes_(std::move(other.pipes_)) {}
    process& operator=(process&& other) noexcept {
        if (this != &other) {
            finish();
            child_ = other.child_;
            phase_ = std::exchange(other.phase_, phase::given_away);
            ending_ = other.ending_;
            grace_ = other.grace_;
            pipes_ = std::move(other.pipes_);
        }
        return *this;
    }
    process(const process&) = delete;    // a child has one owner: move it
    ~process() { finish(); }

    // Starts a program: process::spawn({"sort", "-n"}, {.input = redirect::pipe, .output = redirect::pipe}).
    // It has the standard streams that it is given, those of `keep`, and no other descriptor of ours, close-on-exec or not.
    // Errors: those of its start, as they were there: no_such_file_or_directory, permission_denied, executable_format_error
    // (neither a program nor with `#!` at its start), argument_list_too_long, not_a_directory …, whose detail and message say whether
    // it was the program or the directory (launch_step); invalid_argument where a text has a NUL inside; resource_unavailable_try_again (too many processes), too_many_files_open. Nothing is left of a failed start.
    // Cost: memory of ours is not copied, however much there is. Calls: pipe2, vfork, pidfd_open, waitid; in the child dup2, close_range
    // (Linux 5.9, else /proc/self/fd), execve · CreateProcessW.
    [[nodiscard]] static result<process> spawn(const command& what, const spawn_options& options = {}) {
        streams_of_child streams;
        if (auto opened = streams.open(options.input, options.output, options.error); !opened)
            return failure(opened.error().during(verb::spawn));
        std::vector<std::string> variables;
        if (!options.environment.is_inherited()) {
            auto wanted = options.environment.variables();
            if (!wanted) return failure(wanted.error());
            variables = *std::move(wanted);
        }
        detail::dynamic_array<os::handle> kept;
        for (auto& each : options.keep) kept.push_back(each.native_handle());
        auto started = kernel::start({.streams = streams.handles(),
                                      .keep = kept,
                                      .directory = options.directory,
                                      .own_group = options.own_group,
                                      .inherit_signals = options.inherit_signals,
                                      .words = what.words(),
                                      .variables = options.environment.is_inherited() ? nullptr : &variables});
        if (!started) return failure(started.error());
        return process(*started, options.grace, std::move(streams.ours));
    }

    // Runs a program to its end: gives it its input, takes both outputs at the same time, and waits for it. What it started may
    // run on and hold its outputs open: what it had written itself when it ended is all that is waited for.
    // Errors: as spawn; timed_out, cancelled and too_long (more than `most`), after which it is killed; as wait.
    [[nodiscard]] static result<run_outcome> run(const command& what, const run_options& options = {});

    // The same in an event loop: co_await process::run(loop, sort, options). What they show must live until then. Where it is awaited
    // both must have a name: g++ 12 makes neither in an expression that awaits. Needs plumb/loop.hpp; absent on Windows.
    template <std::same_as<plumb::loop> Loop>
        requires requires(Loop& in, process& child) { wait_in(in, child); }
    [[nodiscard]] static task<result<run_outcome>> run(Loop& in, command what, run_options options = {});

    // Our ends of the pipes to its input and from its outputs, where those are redirect::pipe; else they are closed. Closing
    // input() is what it sees as the end.
    [[nodiscard]] pipe_writer& input() noexcept { return pipes_.input; }
    [[nodiscard]] pipe_reader& output() noexcept { return pipes_.output; }
    [[nodiscard]] pipe_reader& error() noexcept { return pipes_.error; }

    // Waits until the child has ended and says how. Afterwards that is remembered: it can be asked for again.
    // Errors: timed_out and cancelled by the limits (the child runs on); status_lost when SIGCHLD is ignored or somebody else
    // has collected the child, on kernels before 6.15, which forget it then; no_such_process after detach.
    // Calls: waitid, with limits ppoll before it; without a pidfd waitid again and again, between naps of up to 32 ms ·
    // WaitForSingleObject, GetExitCodeProcess.
    [[nodiscard]] result<process_status> wait(const limit auto&... limits) {
        if (now() == phase::running) {
            if constexpr (sizeof...(limits) > 0) {
                auto settled = os::patience_of<os::native>(limits...);
                while (phase_ == phase::running && !collect(os::waiting::no))
                    if (auto ended = kernel::await(child_, settled); !ended) return failure(ended.error());
            } else {
                while (!collect(os::waiting::yes)) {}
            }
        }
        return status();
    }

    // Says how the child ended, or nothing while it runs.
    // Errors: as wait.
    [[nodiscard]] result<std::optional<process_status>> try_wait() {
        if (now() == phase::running && !collect(os::waiting::no)) return std::nullopt;
        auto told = status();
        if (!told) return failure(told.error());
        return *told;
    }

    // Waits for whichever of them ends first, collects it, and gives its index. Those collected before are passed over.
    // Errors: no_child_process when all have been; timed_out and cancelled by the limits.
    // Cost: an allocation. Calls: ppoll, waitid · WaitForMultipleObjects.
    [[nodiscard]] static result<std::size_t> wait_any(std::span<process> children, const limit auto&... limits) {
        auto settled = os::patience_of<os::native>(limits...);
        for (detail::dynamic_array<kernel::child> running;; running.clear()) {
            for (auto& each : children) {
                if (each.now() != phase::running) continue;
                if (each.collect(os::waiting::no)) return static_cast<std::size_t>(&each - children.data());
                running.push_back(each.child_);
            }
            if (running.empty()) return failure(verb::wait, std::errc::no_child_process);
            if (auto ended = kernel::await_any(running, settled); !ended) return failure(ended.error());
        }
    }

    // Asks the child to end.
    // Errors: no_such_process once it has been collected, without a system call: its number may be another's by then.
    // Calls: pidfd_send_signal or kill, with SIGTERM and then SIGCONT, should it be stopped · TerminateProcess with code 143.
    [[nodiscard]] result<void> terminate() { return end(false); }
    // Ends the child by force.
    // Calls: pidfd_send_signal or kill, with SIGKILL · TerminateProcess with code 137.
    [[nodiscard]] result<void> kill() { return end(true); }

    // Asks the child and all that it started to end, or ends them by force, as far as they are still in its group.
    // Errors: operation_not_permitted without own_group; no_such_process when there are none, or on kernels before 6.9 once the
    // child itself has been collected.
    // Calls: as terminate and kill, to the group · TerminateJobObject.
    [[nodiscard]] result<void> terminate_tree() { return end_tree(false); }
    [[nodiscard]] result<void> kill_tree() { return end_tree(true); }

    // Lets the child run on by itself. When it has ended it is collected by the next start of another: until then the system keeps
    // its number, as a zombie, and we a descriptor. No system collects a child by itself whose parent did not say so before all
    // its children began, and nothing here waits behind the program's back. What is to outlive this program for good had better be
    // started by a child that ends at once: then it is nobody's here.
    void detach() {
        if (now() == phase::running) kernel::abandon(child_);
        else if (phase_ != phase::given_away) kernel::close(child_);
        phase_ = phase::given_away;
    }

    // The child's number.
    [[nodiscard]] process_id id() const noexcept { return process_id(kernel::number(child_)); }
    // What becomes readable when the child ends, for a poll of your own; os::none where the kernel has no such thing.
    [[nodiscard]] os::handle watched() const noexcept { return kernel::watched(child_); }

private:
    template <class, bool>
    friend struct detail::fork_verb;
    template <class, bool>
    friend struct detail::send_verb;

    enum class phase : unsigned char { running, ended, lost, given_away };

    process(kernel::child started, deadline grace, pipes_to_child pipes = {}) noexcept
        : child_(started), grace_(grace), pipes_(std::move(pipes)) {}

    // In a copy of this program that fork has made the child is not ours, and its descriptor is something else.
    [[nodiscard]] phase now() noexcept {
        if (!kernel::is_ours(child_)) phase_ = phase::given_away;
        return phase_;
    }

    // Asks the system how the child ended; false while it runs.
    [[nodiscard]] bool collect(os::waiting waits) noexcept {
        auto told = kernel::collect(child_, waits);
        if (!told && (told.error() == std::errc::resource_unavailable_try_again || told.error() == std::errc::interrupted)) return false;
        phase_ = told ? phase::ended : phase::lost;
        ending_ = *told;
        return true;
    }

    [[nodiscard]] result<process_status> status() const noexcept {
        if (phase_ == phase::ended) return process_status(ending_);
        if (phase_ == phase::lost) return failure(verb::wait, condition::status_lost);
        return failure(verb::wait, std::errc::no_such_process);
    }

    [[nodiscard]] result<void> end(bool force) noexcept {
        if (now() != phase::running) return failure(verb::kill, std::errc::no_such_process);
        return kernel::end(child_, force);
    }
    [[nodiscard]] result<void> end_tree(bool force) noexcept {
        if (now() == phase::given_away) return failure(verb::kill, std::errc::no_such_process);
        return kernel::end_tree(child_, force, phase_ != phase::running);
    }

    // Ends a child that still runs, and with it what it started if that is a group: asks, waits, kills, collects.
    // The group is killed while its number is still kept from others by the child that nobody has collected.
    void finish() noexcept {
        pipes_ = {};
        if (now() == phase::running) {
            if (!end_tree(false)) (void)end(false);
            auto ended = kernel::await(child_, os::patience_of<os::native>(grace_));
            if (!end_tree(true) && !ended) (void)end(true);
            while (!collect(os::waiting::yes)) {}
        }
        if (phase_ != phase::given_away) kernel::close(child_);
        phase_ = phase::given_away;
    }

    kernel::child child_;
    phase phase_ = phase::running;
    os::ending ending_{};
    deadline grace_;
    pipes_to_child pipes_;
};

// Waits for whichever of them ends first: process::wait_any.
[[nodiscard]] result<std::size_t> wait_any(std::span<process> children, const limit auto&... limits) {
    return process::wait_any(children, limits...);
}

}  // namespace plumb

#include <plumb/process/run.hpp>
