// SPDX-License-Identifier: BSL-1.0
#include <plumb/os/posix/sigpipe.hpp>

#include <doctest/doctest.h>

#include <csignal>
#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace plumb;

namespace {

bool is_pending() {
    sigset_t pending;
    ::sigpending(&pending);
    return ::sigismember(&pending, SIGPIPE) == 1;
}

bool is_blocked() {
    sigset_t mask;
    ::pthread_sigmask(SIG_SETMASK, nullptr, &mask);
    return ::sigismember(&mask, SIGPIPE) == 1;
}

void block(int how) {
    sigset_t only;
    ::sigemptyset(&only);
    ::sigaddset(&only, SIGPIPE);
    ::pthread_sigmask(how, &only, nullptr);
}

// A write that raises SIGPIPE for certain.
bool write_to_nobody() {
    int ends[2];
    if (::pipe(ends) != 0) return false;
    ::close(ends[0]);
    auto failed = ::write(ends[1], "x", 1) == -1 && errno == EPIPE;
    ::close(ends[1]);
    return failed;
}

void take_pending() {
    sigset_t only;
    ::sigemptyset(&only);
    ::sigaddset(&only, SIGPIPE);
    timespec at_once{};
    ::sigtimedwait(&only, nullptr, &at_once);
}

}  // namespace

TEST_CASE("a guarded write raises nothing that survives the guard") {
    REQUIRE_FALSE(is_blocked());
    {
        os::sigpipe_guard guard;
        CHECK(is_blocked());
        REQUIRE(write_to_nobody());
        CHECK(is_pending());
        guard.swallow();
        CHECK_FALSE(is_pending());
    }
    CHECK_FALSE(is_blocked());    // and we are still alive
}

TEST_CASE("a guard without a signal leaves everything as it was") {
    { os::sigpipe_guard guard; }
    CHECK_FALSE(is_blocked());
    {
        os::sigpipe_guard guard;
        guard.swallow();
    }
    CHECK_FALSE(is_blocked());
    CHECK_FALSE(is_pending());
}

TEST_CASE("a program that blocks SIGPIPE itself finds it blocked still") {
    block(SIG_BLOCK);
    {
        os::sigpipe_guard guard;
        REQUIRE(write_to_nobody());
        guard.swallow();
    }
    CHECK(is_blocked());
    CHECK_FALSE(is_pending());
    block(SIG_UNBLOCK);
}

TEST_CASE("a SIGPIPE that was pending before is still pending afterwards") {
    block(SIG_BLOCK);
    REQUIRE(write_to_nobody());
    REQUIRE(is_pending());
    {
        os::sigpipe_guard guard;
        REQUIRE(write_to_nobody());
        guard.swallow();
    }
    CHECK(is_pending());
    take_pending();
    CHECK_FALSE(is_pending());
    block(SIG_UNBLOCK);
}

TEST_CASE("a SIGPIPE that somebody else sends while the guard lives comes when it goes") {
    static volatile std::sig_atomic_t came;
    auto before = ::signal(SIGPIPE, [](int) { came = came + 1; });
    auto guarded = [](auto send, auto call) {
        came = 0;
        {
            os::sigpipe_guard guard;
            send();
            call();
            guard.swallow();
            CHECK(came == 0);
        }
        return came + 0;
    };
    auto by_thread = [] { ::pthread_kill(::pthread_self(), SIGPIPE); };
    auto by_process = [] {
        auto child = ::fork();
        if (child == 0) {
            ::kill(::getppid(), SIGPIPE);
            ::_exit(0);
        }
        REQUIRE(::waitpid(child, nullptr, 0) == child);
    };
    auto nothing = [] {};
    CHECK(guarded(by_thread, nothing) == 1);
    CHECK(guarded(by_process, nothing) == 1);
    CHECK(guarded(nothing, write_to_nobody) == 0);
    CHECK(guarded(by_thread, write_to_nobody) == 1);
    CHECK(guarded(by_process, write_to_nobody) == 1);
    ::signal(SIGPIPE, before);
}

TEST_CASE("the program's own action is never touched") {
    struct sigaction before, after;
    ::sigaction(SIGPIPE, nullptr, &before);
    {
        os::sigpipe_guard guard;
        ::sigaction(SIGPIPE, nullptr, &after);
        CHECK((before.sa_handler == after.sa_handler));
    }
    ::sigaction(SIGPIPE, nullptr, &after);
    CHECK((before.sa_handler == after.sa_handler));
}
