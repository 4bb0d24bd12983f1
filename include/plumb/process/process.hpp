// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/process/fork.hpp>
#include <plumb/process/process_id.hpp>

#include <optional>

// Child processes: started, waited for, and ended.

namespace plumb::inline v0_1 {

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
        if (self.phase_ != Self::phase::running) return failure(verb::kill, std::errc::no_such_process);
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
        : child_(other.child_), phase_(std::exchange(other.phase_, phase::given_away)), ending_(other.ending_), grace_(other.grace_) {}
    process& operator=(process&& other) noexcept {
        if (this != &other) {
            finish();
            child_ = other.child_;
            phase_ = std::exchange(other.phase_, phase::given_away);
            ending_ = other.ending_;
            grace_ = other.grace_;
        }
        return *this;
    }
    process(const process&) = delete;    // a child has one owner: move it
    ~process() { finish(); }

    // Waits until the child has ended and says how. Afterwards that is remembered: it can be asked for again.
    // Errors: timed_out and cancelled by the limits (the child runs on); status_lost when SIGCHLD is ignored or somebody else
    // has collected the child, on kernels before 6.15, which forget it then; no_such_process after detach.
    // Calls: waitid, with limits ppoll before it; without a pidfd waitid again and again, between naps of up to 32 ms ·
    // WaitForSingleObject, GetExitCodeProcess.
    [[nodiscard]] result<exit_status> wait(const limit auto&... limits) {
        if (phase_ == phase::running) {
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
    [[nodiscard]] result<std::optional<exit_status>> try_wait() {
        if (phase_ == phase::running && !collect(os::waiting::no)) return std::nullopt;
        auto told = status();
        if (!told) return failure(told.error());
        return *told;
    }

    // Waits for whichever of them ends first, collects it, and gives its index. Those collected before are passed over.
    // Errors: no_child_process when all have been; timed_out and cancelled by the limits.
    // Cost: an allocation. Calls: ppoll, waitid · WaitForMultipleObjects.
    [[nodiscard]] static result<std::size_t> wait_any(std::span<process> children, const limit auto&... limits) {
        auto settled = os::patience_of<os::native>(limits...);
        for (std::vector<kernel::child> running;; running.clear()) {
            for (auto& each : children) {
                if (each.phase_ != phase::running) continue;
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

    // Lets the child run on by itself. When it has ended it is collected by a later start of another.
    void detach() {
        if (phase_ == phase::running) kernel::abandon(child_);
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

    process(kernel::child started, deadline grace) noexcept : child_(started), grace_(grace) {}

    // Asks the system how the child ended; false while it runs.
    [[nodiscard]] bool collect(os::waiting waits) noexcept {
        auto told = kernel::collect(child_, waits);
        if (!told && told.error() != condition::status_lost) return false;
        phase_ = told ? phase::ended : phase::lost;
        ending_ = told.value_or(os::ending{});
        return true;
    }

    [[nodiscard]] result<exit_status> status() const noexcept {
        if (phase_ == phase::ended) return exit_status(ending_);
        if (phase_ == phase::lost) return failure(verb::wait, condition::status_lost);
        return failure(verb::wait, std::errc::no_such_process);
    }

    [[nodiscard]] result<void> end(bool force) noexcept {
        if (phase_ != phase::running) return failure(verb::kill, std::errc::no_such_process);
        return kernel::end(child_, force);
    }
    [[nodiscard]] result<void> end_tree(bool force) noexcept {
        if (phase_ == phase::given_away) return failure(verb::kill, std::errc::no_such_process);
        return kernel::end_tree(child_, force, phase_ != phase::running);
    }

    // Ends a child that still runs, and with it what it started if that is a group: asks, waits, kills, collects.
    // The group is killed while its number is still kept from others by the child that nobody has collected.
    void finish() noexcept {
        if (phase_ == phase::running) {
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
};

// Waits for whichever of them ends first: process::wait_any.
[[nodiscard]] result<std::size_t> wait_any(std::span<process> children, const limit auto&... limits) {
    return process::wait_any(children, limits...);
}

}  // namespace plumb
