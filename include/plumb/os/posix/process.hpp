// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/os/posix/channel.hpp>
#include <plumb/os/posix/launch.hpp>
#include <plumb/os/process.hpp>
#include <plumb/os/signals.hpp>
#include <plumb/os/waker.hpp>

#include <poll.h>
#include <sys/ioctl.h>
#include <sys/wait.h>

namespace plumb::inline v0_1::os {

inline constexpr bool can_fork = true;
inline constexpr std::string_view null_device = "/dev/null";

[[nodiscard]] inline bool is_same_variable(std::string_view left, std::string_view right) noexcept { return left == right; }

struct native_processes {
    // A process that is ours to collect. Where the kernel has no pidfds (5.2, a sandbox) it is named by its number alone,
    // which nobody else can get before we have collected it.
    struct child {
        pid_t number;
        handle watched = none;    // its pidfd
        bool leads_group = false;
        std::uint32_t copy = copies.load();    // of this program, the one that started it
    };

    [[nodiscard]] static bool is_ours(child one) noexcept { return one.copy == copies.load(); }

    [[nodiscard]] static std::vector<std::string> variables() {
        std::vector<std::string> all;
        for (auto each = ::environ; each && *each; ++each) all.emplace_back(*each);
        return all;
    }

    // The child shares our memory until it is the program, so that the cost does not grow with us. Where vfork is a fork in
    // disguise (ThreadSanitizer, valgrind, qemu) the cause of a failure comes back through a pipe, whose end is waited for: not
    // elsewhere, since a copy of this program that somebody else makes meanwhile would hold it open. A parent that ignores
    // SIGCHLD pays for a fork: its child is kept waiting until we have its pidfd, since later it may be gone without a trace.
    // Calls: pipe2, vfork, pidfd_open, waitid; execve.
    [[nodiscard]] static answer<child> start(const launch& how) {
        collect_abandoned();
        program plan(how);
        if (auto ready = plan.prepare(); !ready) return failure(ready.error());
        channel report, gate;
        if (auto opened = report.open(verb::spawn); !opened) return failure(opened.error());
        auto gated = forgets_children();
        if (gated)
            if (auto opened = gate.open(verb::spawn); !opened) return failure(opened.error());
        plan.first.keep(report.writer());
        plan.first.keep(gate.reader());

        shared_cause cause;
        auto made = [&] {
            undisturbed here;
            return gated ? copy_into(plan, here.mask_before(), report, gate)
                         : lend_memory_to(plan, here.mask_before(), report, cause);
        }();
        if (made == -1) return failure(last_error(verb::spawn));
        auto started = named(made, how);
        if (gated) (void)channel::give(gate.writer(), 0);
        report.close_writer();
        int why = cause.number;
        if (!cause.memory_is_shared && !channel::take(report.reader(), why)) why = 0;    // it is closed by execve
        if (why == 0) return started;
        while (::waitpid(made, nullptr, 0) == -1 && errno == EINTR) {}
        close(started);
        return failure(error_of(why));
    }

    // Calls: fork, pidfd_open, waitid; in the child close_range, _exit.
    template <class Function>
    [[nodiscard]] static answer<child> fork(const launch& how, Function function) {
        collect_abandoned();
        beginning first(how);
        if (auto ready = first.prepare(verb::fork); !ready) return failure(ready.error());
        channel gate;
        auto gated = forgets_children();
        if (gated)
            if (auto opened = gate.open(verb::fork); !opened) return failure(opened.error());
        auto made = [&] {
            undisturbed here;
            signal_changes().lock();
            auto copied = ::fork();
            signal_changes().unlock();
            if (copied == 0) {
                if (gated) wait_at(gate);
                first.enter_group();
                copies.add(1);
                first.close_rest();
                abandoned_.store(nullptr);    // they are our parent's
                if (!how.inherit_signals) first.reset_signals();
                first.unblock(here.mask_before());
                ::_exit(function());
            }
            return copied;
        }();
        if (made == -1) return failure(last_error(verb::fork));
        if (how.own_group) ::setpgid(made, made);    // whichever of the two comes first
        auto started = named(made, how);
        if (gated) (void)channel::give(gate.writer(), 0);
        return started;
    }

    [[nodiscard]] static std::uint32_t number(child one) noexcept { return static_cast<std::uint32_t>(one.number); }
    [[nodiscard]] static handle watched(child one) noexcept { return one.watched; }

    // Calls: ppoll. Without a pidfd waitid, between naps that grow from 1/8 ms to 32 ms.
    [[nodiscard]] static result<void> await(child one, const patience& limits) {
        if (one.watched == none) return await_by_naps({&one, 1}, limits);
        return os::await<native>(verb::wait, one.watched, interest::readable, limits);
    }
    [[nodiscard]] static result<void> await_any(slice<const child> children, const patience& limits) {
        detail::dynamic_array<watch> watches;
        for (auto& each : children) {
            if (each.watched == none) return await_by_naps(children, limits);
            watches.push_back({each.watched, interest::readable});
        }
        return os::await_any<native>(verb::wait, watches, limits);
    }

    // Calls: waitid(WNOWAIT).
    [[nodiscard]] static bool has_ended(child one) noexcept {
        siginfo_t told{};
        return wait_for(one, told, WNOHANG | WNOWAIT) == -1 ? errno != EINTR : told.si_pid != 0;
    }

    // Calls: waitid(P_PIDFD), or waitid(P_PID); ioctl(PIDFD_GET_INFO) when that finds nothing.
    [[nodiscard]] static answer<ending> collect(child one, waiting waits) noexcept {
        siginfo_t told{};
        if (wait_for(one, told, waits == waiting::yes ? 0 : WNOHANG) == -1) {
            if (errno == ECHILD) return remembered(one);
            return failure(last_error(verb::wait));
        }
        if (told.si_pid == 0) return failure(verb::wait, std::errc::resource_unavailable_try_again);
        if (told.si_code == CLD_EXITED) return ending{.code = static_cast<std::uint32_t>(told.si_status)};
        return ending{.signal = told.si_status, .core_dumped = told.si_code == CLD_DUMPED};
    }

    // Calls: pidfd_send_signal, or waitid(WNOWAIT) and kill.
    [[nodiscard]] static result<void> send(child one, int signal) noexcept {
        if (one.watched != none) return done_or_error(verb::kill, send_by_pidfd(one, signal, 0));
        return send_by_number(one, one.number, signal);
    }
    // To all of its group. Once it is collected itself that takes a pidfd.
    // Calls: pidfd_send_signal(PIDFD_SIGNAL_PROCESS_GROUP); on kernels before 6.9 kill.
    [[nodiscard]] static result<void> send_to_group(child one, int signal, bool collected) noexcept {
        constexpr unsigned to_group = 4;    // PIDFD_SIGNAL_PROCESS_GROUP
        if (!one.leads_group) return failure(verb::kill, std::errc::operation_not_permitted);
        if (one.watched != none && send_by_pidfd(one, signal, to_group) == 0) return {};
        if (one.watched != none && errno != EINVAL) return failure(last_error(verb::kill));
        if (collected) return failure(verb::kill, std::errc::no_such_process);
        return send_by_number(one, -one.number, signal);
    }

    [[nodiscard]] static result<void> end(child one, bool force) noexcept {
        if (force) return send(one, SIGKILL);
        auto asked = send(one, SIGTERM);
        if (asked) (void)send(one, SIGCONT);
        return asked;
    }
    [[nodiscard]] static result<void> end_tree(child one, bool force, bool collected) noexcept {
        if (force) return send_to_group(one, SIGKILL, collected);
        auto asked = send_to_group(one, SIGTERM, collected);
        if (asked) (void)send_to_group(one, SIGCONT, collected);
        return asked;
    }

    static void close(child one) noexcept {
        if (one.watched != none) ::close(one.watched);
    }

    static void abandon(child one) { push(new left_alone{one, nullptr}); }

private:
    // The cause of a failure, for as long as the child shares our memory.
    struct shared_cause {
        volatile bool memory_is_shared = false;
        volatile int number = 0;
    };

    // Out of line, so that what the child does to the stack lies below what the parent comes back to.
    [[nodiscard, gnu::noinline]] static pid_t lend_memory_to(const program& plan, const sigset_t& mask_before,
                                                             const channel& report, shared_cause& cause) noexcept {
        auto made = ::vfork();
        if (made != 0) return made;
        cause.memory_is_shared = true;
        give_up(plan.become(mask_before), report, cause);
    }
    [[nodiscard]] static pid_t copy_into(const program& plan, const sigset_t& mask_before, const channel& report,
                                         channel& gate) noexcept {
        auto made = ::fork();
        if (made != 0) return made;
        wait_at(gate);
        shared_cause unseen;
        give_up(plan.become(mask_before), report, unseen);
    }
    // In the child: waits until the parent says go, or is no more.
    static void wait_at(channel& gate) noexcept {
        gate.close_writer();
        if (int go; !channel::take(gate.reader(), go)) ::_exit(0);
    }
    [[noreturn]] static void give_up(int why, const channel& report, shared_cause& cause) noexcept {
        cause.number = why;
        (void)channel::give(report.writer(), why);
        ::_exit(127);
    }

    // A number that somebody else's wait has freed already may be a stranger's: its pidfd is no child's of ours.
    [[nodiscard]] static child named(pid_t number, const launch& how) noexcept {
        constexpr long pidfd_open = 434;    // Linux 5.3
        child made{number, static_cast<handle>(::syscall(pidfd_open, number, 0)), how.own_group};
        siginfo_t told;
        if (made.watched != none && wait_for(made, told, WNOHANG | WNOWAIT) == -1 && errno == ECHILD) {
            ::close(made.watched);
            made.watched = none;
        }
        return made;
    }

    static int send_by_pidfd(child one, int signal, unsigned flags) noexcept {
        constexpr long pidfd_send_signal = 424;    // Linux 5.1
        return static_cast<int>(::syscall(pidfd_send_signal, one.watched, signal, nullptr, flags));
    }

    // A number that is no child of ours any more may be a stranger's: somebody else has collected it, or SIGCHLD is ignored.
    [[nodiscard]] static result<void> send_by_number(child one, pid_t to, int signal) noexcept {
        siginfo_t told;
        if (wait_for(one, told, WNOHANG | WNOWAIT) == -1) return failure(verb::kill, std::errc::no_such_process);
        return done_or_error(verb::kill, ::kill(to, signal));
    }

    static int wait_for(child one, siginfo_t& told, int flags) noexcept {
        constexpr auto by_pidfd = static_cast<idtype_t>(3);    // P_PIDFD, Linux 5.4
        if (one.watched != none) return ::waitid(by_pidfd, static_cast<id_t>(one.watched), &told, WEXITED | flags);
        return ::waitid(P_PID, static_cast<id_t>(one.number), &told, WEXITED | flags);
    }

    // What the kernel still knows of a child that somebody else has collected, or that nobody was to collect.
    // Calls: ioctl(PIDFD_GET_INFO), Linux 6.15.
    [[nodiscard]] static answer<ending> remembered(child one) noexcept {
        struct pidfd_info {
            std::uint64_t mask = 8;    // PIDFD_INFO_EXIT
            std::uint64_t control_group = 0;
            std::uint32_t numbers[11] = {};
            std::int32_t status = 0;
        } info;
        constexpr auto get_info = _IOWR(0xff, 11, pidfd_info);
        if (one.watched == none || ::ioctl(one.watched, get_info, &info) == -1 || !(info.mask & 8))
            return failure(verb::wait, condition::status_lost);
        if (WIFEXITED(info.status)) return ending{.code = static_cast<std::uint32_t>(WEXITSTATUS(info.status))};
        return ending{.signal = WTERMSIG(info.status), .core_dumped = WCOREDUMP(info.status) != 0};
    }

    [[nodiscard]] static result<void> await_by_naps(slice<const child> children, const patience& limits) {
        constexpr auto longest = std::chrono::microseconds(32'000);
        for (auto nap = std::chrono::microseconds(125);; nap = detail::least(nap * 2, longest)) {
            for (auto& each : children)
                if (has_ended(each)) return {};
            if (auto still = check<native>(verb::wait, limits); !still) return still;
            doze<native>(nap, limits);
        }
    }

    // Children that run on by themselves. Each start looks which of them have ended, so that none stays a zombie for long.
    struct left_alone {
        child one;
        left_alone* next;
    };
    static void push(left_alone* one) noexcept {
        one->next = abandoned_.load();
        while (!abandoned_.compare_exchange(one->next, one)) {}
    }
    static void collect_abandoned() noexcept {
        for (auto each = abandoned_.exchange(nullptr); each;) {
            auto one = std::exchange(each, each->next);
            auto ended = collect(one->one, waiting::no);
            if (!ended && ended.error() == std::errc::resource_unavailable_try_again) {
                push(one);
                continue;
            }
            close(one->one);
            delete one;
        }
    }
    static inline atomic<left_alone*> abandoned_{nullptr};
};

}  // namespace plumb::os
