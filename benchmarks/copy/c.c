// SPDX-License-Identifier: BSL-1.0
// The twins: a loop over 64 KiB, sendfile, and splice, through a pipe of its own where neither end is one. No signal interrupts them, SIGPIPE is held back
// for as long as a copy lasts, and short writes are finished.

#define _GNU_SOURCE
#include "ways.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/sendfile.h>
#include <time.h>
#include <unistd.h>

enum { at_once = 64 * 1024, relay_room = 256 * 1024, as_much_as_it_takes = 0x7ffff000 };

static void die(const char *operation)
{
    perror(operation);
    exit(1);
}

struct held_back {
    sigset_t only, before;
    bool was_pending;
};

static struct held_back hold_back(void)
{
    struct held_back held;
    sigset_t pending;
    sigpending(&pending);
    held.was_pending = sigismember(&pending, SIGPIPE);
    sigemptyset(&held.only);
    sigaddset(&held.only, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &held.only, &held.before);
    return held;
}

static void let_go(const struct held_back *held)
{
    struct timespec now = {0};
    if (!held->was_pending) while (sigtimedwait(&held->only, NULL, &now) == -1 && errno == EINTR) {}
    pthread_sigmask(SIG_SETMASK, &held->before, NULL);
}

static void write_all(int to, const char *next, size_t left)
{
    while (left > 0) {
        ssize_t count = write(to, next, left);
        if (count == -1) {
            if (errno == EINTR) continue;
            die("write");
        }
        next += count;
        left -= (size_t)count;
    }
}

static void by_loop(int from, int to)
{
    static char buffer[at_once];
    struct held_back held = hold_back();
    for (;;) {
        ssize_t count = read(from, buffer, sizeof buffer);
        if (count == 0) break;
        if (count == -1) {
            if (errno == EINTR) continue;
            die("read");
        }
        write_all(to, buffer, (size_t)count);
    }
    let_go(&held);
}

static void by_sendfile(int from, int to)
{
    struct held_back held = hold_back();
    for (;;) {
        ssize_t count = sendfile(to, from, NULL, as_much_as_it_takes);
        if (count == 0) break;
        if (count == -1 && errno != EINTR) die("sendfile");
    }
    let_go(&held);
}

// Moves some bytes; 0 is the end.
static ssize_t spliced(int from, int to, size_t most, unsigned flags)
{
    ssize_t count;
    while ((count = splice(from, NULL, to, NULL, most, flags)) == -1)
        if (errno != EINTR) die("splice");
    return count;
}

static void by_splice_through(int from, int to, size_t room, unsigned flags)
{
    struct held_back held = hold_back();
    int between[2];
    if (pipe2(between, O_CLOEXEC) == -1) die("pipe");
    fcntl(between[1], F_SETPIPE_SZ, (int)room);
    ssize_t count;
    while ((count = spliced(from, between[1], room, flags)) > 0)
        for (ssize_t left = count; left > 0;) left -= spliced(between[0], to, (size_t)left, flags);
    close(between[0]);
    close(between[1]);
    let_go(&held);
}

static void by_splice(int from, int to) { by_splice_through(from, to, at_once, SPLICE_F_MORE); }
static void by_splice_relay(int from, int to) { by_splice_through(from, to, relay_room, 0); }

static void by_splice_alone(int from, int to)
{
    struct held_back held = hold_back();
    while (spliced(from, to, as_much_as_it_takes, 0) > 0) {}
    let_go(&held);
}

const struct copy_subject copy_loop = {"loop", {by_loop, by_loop, by_loop, by_loop}};
const struct copy_subject copy_sendfile = {"sendfile", {by_sendfile, by_sendfile, by_sendfile, NULL}};
const struct copy_subject copy_splice = {"splice", {by_splice, by_splice, by_splice_alone, by_splice_relay}};
