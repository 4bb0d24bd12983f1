// SPDX-License-Identifier: BSL-1.0
#include <plumb/process/process.hpp>

#include <doctest/doctest.h>

#include "sanitized.hpp"
#include "storm.hpp"

#include <csignal>
#include <filesystem>
#include <fstream>
#include <sched.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

using namespace plumb;
using namespace std::chrono_literals;

namespace {

// How a process stands by the kernel's own account: R, S, T, Z …, or nothing when there is none.
std::string state_of(process_id one) {
    std::ifstream stat("/proc/" + to_string(one) + "/stat");
    std::string text;
    std::getline(stat, text);
    auto name_end = text.rfind(')');
    return name_end == text.npos ? "" : text.substr(name_end + 2, 1);
}

int count_zombies_of_ours() {
    int count = 0;
    std::error_code gone;
    for (auto& entry : std::filesystem::directory_iterator("/proc", gone)) {
        std::ifstream stat(entry.path() / "stat");
        std::string text;
        std::getline(stat, text);
        auto name_end = text.rfind(')');
        if (name_end == text.npos) continue;
        auto rest = text.substr(name_end + 2);
        count += rest.starts_with("Z " + std::to_string(::getpid()) + " ");
    }
    return count;
}

void sleep_for_ever() {
    for (;;) ::pause();
}
process sleeper() { return process::fork(sleep_for_ever).value(); }

void until_state(process_id one, std::string_view wanted) {
    while (state_of(one) != wanted) std::this_thread::yield();
}

// Sets what happens to a signal while it lives.
class set_action {
public:
    set_action(int number, void (*handler)(int), int flags = 0) : number_(number) {
        struct sigaction wanted {};
        wanted.sa_handler = handler;
        wanted.sa_flags = flags;
        ::sigaction(number, &wanted, &before_);
    }
    set_action(const set_action&) = delete;
    ~set_action() { ::sigaction(number_, &before_, nullptr); }

private:
    int number_;
    struct sigaction before_;
};

// A process that is no child of this one, and has the number next.
class stranger {
public:
    explicit stranger(process_id wanted) {
        int go[2], told[2];
        if (::pipe(go) != 0 || ::pipe(told) != 0) return;
        parent_ = ::fork();
        if (parent_ == 0) {
            char none;
            (void)!::read(go[0], &none, 1);
            auto made = ::fork();
            if (made == 0) sleep_for_ever();
            (void)!::write(told[1], &made, sizeof made);
            int status = 0;
            ::waitpid(made, &status, 0);
            ::_exit(WTERMSIG(status));
        }
        std::ofstream("/proc/sys/kernel/ns_last_pid") << wanted.number() - 1 << std::flush;
        (void)!::write(go[1], "", 1);
        (void)!::read(told[0], &number_, sizeof number_);
        for (int end : {go[0], go[1], told[0], told[1]}) ::close(end);
        has_the_number = number_ == static_cast<pid_t>(wanted.number());
    }
    // Ends it, and says whether nobody had done so before.
    bool lived_until_now() const {
        int status = 0;
        ::kill(number_, SIGUSR1);
        ::waitpid(parent_, &status, 0);
        return WEXITSTATUS(status) == SIGUSR1;
    }
    bool has_the_number = false;

private:
    pid_t parent_ = -1, number_ = -1;
};

// A handler as other libraries install it.
void take_all(int) {
    auto saved = errno;
    while (::waitpid(-1, nullptr, WNOHANG) > 0) {}
    errno = saved;
}

// Whether the kernel tells how a child ended that somebody else has collected: Linux 6.15, by the pidfd.
bool kernel_remembers() {
    utsname about;
    int major_number = 0, minor_number = 0;
    ::uname(&about);
    std::sscanf(about.release, "%d.%d", &major_number, &minor_number);
    return sleeper().watched() != os::none && std::pair(major_number, minor_number) >= std::pair(6, 15);
}

}  // namespace

TEST_CASE("a status is asked for once and remembered") {
    auto child = process::fork([] { return 7; }).value();
    auto number = child.id();
    CHECK(child.wait()->code() == 7);
    CHECK(child.wait()->code() == 7);
    CHECK(child.try_wait().value()->code() == 7);
    CHECK(child.wait(within(0s))->code() == 7);
    CHECK(child.id() == number);
    CHECK(state_of(number) == "");    // the kernel has forgotten it
}

TEST_CASE("a child that runs has no status") {
    auto child = sleeper();
    CHECK_FALSE(child.try_wait()->has_value());
    CHECK(child.wait(within(5ms)).error() == condition::timed_out);
    CHECK(child.wait(within(5ms)).error().message() == "wait: The deadline passed");
    stop_source source;
    source.request_stop();
    CHECK(child.wait(source.token()).error() == condition::cancelled);
    CHECK_FALSE(child.try_wait()->has_value());
    CHECK(child.kill().has_value());
    auto status = child.wait().value();
    CHECK(status.signaled());
    CHECK(status.signal() == signal_number::kill);
    CHECK(to_string(status) == "ended by SIGKILL");
}

TEST_CASE("a stop from another thread ends a wait, and the child runs on") {
    auto child = sleeper();
    stop_source source;
    std::thread other([&] { source.request_stop(); });
    CHECK(child.wait(source.token()).error() == condition::cancelled);
    other.join();
    until_state(child.id(), "S");
}

TEST_CASE("a wait under a storm of signals ends with its child, or at its deadline") {
    auto quick = process::fork([] { ::usleep(20'000); }).value();
    auto slow = sleeper();
    support::storm storm;
    CHECK(quick.wait().value().succeeded());
    auto start = os::native::now();
    CHECK(slow.wait(within(50ms)).error() == condition::timed_out);
    auto took = os::native::now() - start;
    CHECK(took >= 50ms);
    CHECK(took < 5s);
    CHECK(storm.count() > 0);
}

TEST_CASE("signals reach the child, and how it ended is told as it was") {
    auto asked = sleeper();
    CHECK(asked.terminate().has_value());
    CHECK(asked.wait()->signal() == signal_number::terminate);
    auto sent = sleeper();
    CHECK(sent.send(signal_number::user_1).has_value());
    CHECK(sent.wait()->signal() == signal_number::user_1);
    auto aborted = process::fork([] {
        rlimit no_core{0, 0};
        ::setrlimit(RLIMIT_CORE, &no_core);
        ::signal(SIGABRT, SIG_DFL);
        ::raise(SIGABRT);
    }).value();
    CHECK(aborted.wait()->signal() == signal_number::abort);
    CHECK_FALSE(aborted.wait()->core_dumped());
}

TEST_CASE("a child that is stopped is ended, too") {
    auto child = sleeper();
    CHECK(child.send(signal_number::stop).has_value());
    until_state(child.id(), "T");
    CHECK_FALSE(child.try_wait()->has_value());    // stopped is not ended
    CHECK(child.terminate().has_value());
    CHECK(child.wait()->signal() == signal_number::terminate);
}

TEST_CASE("a collected child gets no signal: its number may be another's by now") {
    auto child = process::fork([] {}).value();
    CHECK(child.wait().has_value());
    CHECK(child.kill().error() == std::errc::no_such_process);
    CHECK(child.terminate().error() == std::errc::no_such_process);
    CHECK(child.send(signal_number::user_1).error().message() == "kill: No such process");
}

TEST_CASE("a child that is moved has its new owner, and the old one has none") {
    auto first = process::fork([] { return 3; }).value();
    auto second = std::move(first);
    CHECK(first.wait().error() == std::errc::no_such_process);
    CHECK(first.kill().error() == std::errc::no_such_process);
    CHECK(second.wait()->code() == 3);
    auto third = sleeper();
    auto number = third.id();
    third = std::move(second);
    CHECK(state_of(number) == "");    // what it had was ended
    CHECK(third.wait()->code() == 3);
}

TEST_CASE("a child that runs is ended with its owner, by kindness or by force, and leaves no zombie") {
    auto gone = [](process&& child) {
        auto last_owner = std::move(child);
        return last_owner.id();
    };
    CHECK(state_of(gone(sleeper())) == "");
    auto stopped = sleeper();
    REQUIRE(stopped.send(signal_number::stop).has_value());
    until_state(stopped.id(), "T");
    CHECK(state_of(gone(std::move(stopped))) == "");
    CHECK(state_of(gone(process::fork([] {}).value())) == "");
    int ready[2];
    REQUIRE(::pipe(ready) == 0);
    struct ear {
        int end;
        os::handle native_handle() const { return end; }
    };
    auto stubborn = process::fork({.keep = {ear{ready[1]}}, .grace = within(20ms)}, [&] {
        ::signal(SIGTERM, SIG_IGN);
        (void)!::write(ready[1], "", 1);
        sleep_for_ever();
    }).value();
    char heard;
    REQUIRE(::read(ready[0], &heard, 1) == 1);
    CHECK(state_of(gone(std::move(stubborn))) == "");
    ::close(ready[0]);
    ::close(ready[1]);
    CHECK(count_zombies_of_ours() == 0);
}

TEST_CASE("a detached child runs on, and is collected by a later start") {
    auto child = sleeper();
    auto number = child.id();
    child.detach();
    CHECK(child.wait().error() == std::errc::no_such_process);
    { auto goes = std::move(child); }
    until_state(number, "S");
    ::kill(static_cast<pid_t>(number.number()), SIGKILL);
    until_state(number, "Z");
    do CHECK(process::fork([] {}).value().wait()->succeeded());
    while (state_of(number) == "Z");    // its other threads, if a sanitizer has given it one, end a little later
    CHECK(state_of(number) == "");
}

TEST_CASE("a group is ended as a whole, and only a group") {
    int ends[2];
    REQUIRE(::pipe(ends) == 0);
    struct ear {
        int end;
        os::handle native_handle() const { return end; }
    } told{ends[1]};
    auto family = [&] {
        return process::fork({.keep = {told}, .own_group = true}, [&] {
            auto grandchild = ::fork();
            if (grandchild == 0) sleep_for_ever();
            (void)!::write(ends[1], &grandchild, sizeof grandchild);
            sleep_for_ever();
        }).value();
    };
    auto grandchild_of = [&](const process&) {
        pid_t number = 0;
        REQUIRE(::read(ends[0], &number, sizeof number) == sizeof number);
        return process_id::from(number).value();
    };
    auto until_gone = [](process_id one) {    // an orphan is collected by whoever adopted it
        while (state_of(one) != "" && state_of(one) != "Z") std::this_thread::yield();
    };
    auto killed = family();
    auto orphan = grandchild_of(killed);
    CHECK(killed.kill_tree().has_value());
    CHECK(killed.wait()->signal() == signal_number::kill);
    until_gone(orphan);

    auto asked = family();
    orphan = grandchild_of(asked);
    CHECK(asked.terminate_tree().has_value());
    CHECK(asked.wait()->signal() == signal_number::terminate);
    until_gone(orphan);

    {
        auto goes = family();
        orphan = grandchild_of(goes);
    }
    until_gone(orphan);

    auto leader_only = family();
    orphan = grandchild_of(leader_only);
    CHECK(leader_only.kill().has_value());
    CHECK(leader_only.wait()->signal() == signal_number::kill);
    if (leader_only.kill_tree()) until_gone(orphan);    // by pidfd even the orphans of a collected leader are reached
    else ::kill(static_cast<pid_t>(orphan.number()), SIGKILL);

    auto alone = sleeper();
    CHECK(alone.kill_tree().error() == std::errc::operation_not_permitted);
    ::close(ends[0]);
    ::close(ends[1]);
}

TEST_CASE("whichever ends first is collected, until all have been") {
    std::vector<process> children;
    for (int i = 0; i < 3; ++i) children.push_back(sleeper());
    CHECK(wait_any(children, within(5ms)).error() == condition::timed_out);
    for (std::size_t one : {2u, 0u, 1u}) {
        CHECK(children[one].kill().has_value());
        CHECK(wait_any(children, within(30s)).value() == one);
        CHECK(children[one].wait()->signal() == signal_number::kill);
    }
    CHECK(wait_any(children).error() == std::errc::no_child_process);
    CHECK(wait_any({}).error() == std::errc::no_child_process);
    std::vector<process> endless;
    endless.push_back(sleeper());
    stop_source source;
    std::thread other([&] { source.request_stop(); });
    CHECK(wait_any(endless, source.token()).error() == condition::cancelled);
    other.join();
}

TEST_CASE("children that end together by the thousand are all collected, each with its own status") {
    int gate[2];
    REQUIRE(::pipe(gate) == 0);
    struct ear {
        int end;
        os::handle native_handle() const { return end; }
    } start{gate[0]};
    constexpr int many = support::is_sanitized ? 200 : 2000;
    std::vector<process> children;
    for (int i = 0; i < many; ++i)
        children.push_back(process::fork({.keep = {start}}, [&] {
            char none;
            (void)!::read(gate[0], &none, 1);
            return i % 251;
        }).value());
    ::close(gate[1]);
    int right = 0;
    for (int i = 0; i < many; ++i) right += children[static_cast<std::size_t>(i)].wait()->code() == i % 251;
    CHECK(right == many);
    CHECK(count_zombies_of_ours() == 0);
    ::close(gate[0]);
}

TEST_CASE("with SIGCHLD ignored nothing hangs, and the status is right where the kernel keeps it, else said to be lost") {
    auto is_kept = kernel_remembers();
    auto check = [&](result<process_status> status, process_status wanted) {
        if (is_kept) CHECK(status.value() == wanted);
        else CHECK(status.error().message() == "wait: How the child ended is lost");
    };
    for (int flags : {0, SA_NOCLDWAIT}) {
        set_action ignored(SIGCHLD, flags == 0 ? SIG_IGN : SIG_DFL, flags);
        for (unsigned code : {0u, 7u}) {
            auto child = process::fork([=] { return static_cast<int>(code); }).value();
            check(child.wait(), process_status(os::ending{.code = code}));
            check(child.wait(), process_status(os::ending{.code = code}));    // and is remembered
        }
        auto killed = sleeper();
        CHECK_FALSE(killed.try_wait()->has_value());
        CHECK(killed.wait(within(1ms)).error() == condition::timed_out);
        CHECK(killed.kill().has_value());
        check(killed.wait(within(30s)), process_status(os::ending{.signal = SIGKILL}));
        { auto goes = sleeper(); }
    }
    CHECK(count_zombies_of_ours() == 0);
}

TEST_CASE("when somebody else collects our children nothing hangs, and no stranger is signalled") {
    auto child = process::fork([] { return 9; }).value();
    int theirs = 0;
    while (::waitpid(static_cast<pid_t>(child.id().number()), &theirs, 0) == -1 && errno == EINTR) {}
    REQUIRE(WEXITSTATUS(theirs) == 9);
    CHECK(child.kill().error() == std::errc::no_such_process);
    auto status = child.wait(within(30s));
    if (kernel_remembers()) CHECK(status.value().code() == 9);
    else CHECK(status.error() == condition::status_lost);
    CHECK(child.kill().error() == std::errc::no_such_process);
}

TEST_CASE("a child whose descriptor somebody has closed is lost, and nobody waits for it for ever") {
    auto child = sleeper();
    auto number = static_cast<pid_t>(child.id().number());
    if (child.watched() == os::none) return;
    ::close(child.watched());
    CHECK(child.try_wait().error() == condition::status_lost);
    CHECK(child.wait().error() == condition::status_lost);
    CHECK(child.wait(within(30s)).error() == condition::status_lost);
    ::kill(number, SIGKILL);
    ::waitpid(number, nullptr, 0);
}

TEST_CASE("a child of ours is no child of another child's, which leaves it alone") {
    auto ours = sleeper();
    auto ended = process::fork([] { return 3; }).value();
    CHECK(ended.wait()->code() == 3);
    auto status = process::fork([&] {
        auto none_of_mine = std::errc::no_such_process;
        if (ours.wait(within(30s)).error() != none_of_mine || ours.try_wait().error() != none_of_mine) return 1;
        if (ours.kill().error() != none_of_mine || ours.terminate() || ours.kill_tree() || ours.send(signal_number::kill)) return 2;
        if (wait_any(std::span(&ours, 1)).error() != std::errc::no_child_process) return 3;
        auto mine = sleeper();    // which may have the descriptor that ours had
        { auto goes = std::move(ours); }
        { auto goes = std::move(ended); }
        return mine.try_wait()->has_value() ? 4 : 0;
    }).value().wait().value();
    CHECK(status.code() == 0);
    CHECK_FALSE(ours.try_wait()->has_value());
}

TEST_CASE("a handler of SIGCHLD that collects everything it can takes a status at most, and stays the program's own") {
    set_action greedy(SIGCHLD, take_all);
    for (int i = 0; i < 50; ++i) {
        auto child = process::fork([=] { return i; }).value();
        auto status = child.wait();
        if (status) CHECK(status->code() == i);
        else CHECK(status.error() == condition::status_lost);
    }
    struct sigaction still;
    ::sigaction(SIGCHLD, nullptr, &still);
    CHECK((still.sa_handler == take_all));
}

TEST_CASE("a number that another process has by now is not signalled, whoever collected the child") {
    auto among_own_numbers = [] {
        auto ours = process::fork([] {}).value();
        if (!ours.wait()) return 1;
        stranger first(ours.id());
        if (!first.has_the_number) return 77;
        if (ours.kill() || ours.terminate() || ours.kill_tree() || !first.lived_until_now()) return 2;

        auto taken = sleeper();    // and one that is collected behind our back
        ::kill(static_cast<pid_t>(taken.id().number()), SIGKILL);
        ::waitpid(static_cast<pid_t>(taken.id().number()), nullptr, 0);
        stranger second(taken.id());
        if (!second.has_the_number) return 77;
        if (taken.kill().error() != std::errc::no_such_process || taken.terminate() || taken.kill_tree()) return 3;
        auto told = taken.wait(within(30s));    // not of the stranger
        return (told && told->signal() != signal_number::kill) || !second.lived_until_now() ? 4 : 0;
    };
    auto outcome = process::fork([&] {
        if (::unshare(CLONE_NEWPID) != 0) return 77;
        return process::fork(among_own_numbers).value().wait()->code();
    }).value().wait()->code();
    if (outcome == 77) MESSAGE("skipped: no process namespaces here");
    else CHECK(outcome == 0);
}
