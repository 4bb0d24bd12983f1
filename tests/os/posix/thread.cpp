// SPDX-License-Identifier: BSL-1.0
#include <plumb/os/posix/thread.hpp>

#include <doctest/doctest.h>

using namespace plumb;

TEST_CASE("a thread starts with every signal blocked, and its starter keeps its own mask") {
    sigset_t before, after, inside;
    ::pthread_sigmask(SIG_SETMASK, nullptr, &before);
    os::native_threads::thread::start([&] { ::pthread_sigmask(SIG_SETMASK, nullptr, &inside); }).value().join();
    ::pthread_sigmask(SIG_SETMASK, nullptr, &after);
    for (int number : {SIGINT, SIGTERM, SIGHUP, SIGALRM, SIGUSR1, SIGCHLD, SIGPIPE, SIGSEGV}) {
        CAPTURE(number);
        CHECK(::sigismember(&inside, number) == 1);
        CHECK(::sigismember(&before, number) == ::sigismember(&after, number));
    }
}
