// SPDX-License-Identifier: BSL-1.0
// The twin: the echo server in plain C, as good and as safe as C gets. No signal interrupts it, no SIGPIPE kills it and its
// setting is left alone, on this kernel and on older ones, and short writes are finished.

#define _GNU_SOURCE
#include "subjects.h"

#include "ends.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

static void die(const char *operation)
{
    perror(operation);
    exit(1);
}

// Before Linux 6.18: the signal is held back, and taken away unless it was there before.
static ssize_t write_held_back(int to, const void *from, size_t size)
{
    sigset_t only, pending, before;
    sigpending(&pending);
    sigemptyset(&only);
    sigaddset(&only, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &only, &before);
    ssize_t count = write(to, from, size);
    int cause = errno;
    struct timespec at_once = {0};
    if (count < (ssize_t)size && !sigismember(&pending, SIGPIPE))
        while (sigtimedwait(&only, NULL, &at_once) == -1 && errno == EINTR) {}
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    errno = cause;
    return count;
}

static ssize_t write_quietly(int to, const void *from, size_t size)
{
    static bool knows_no_flag;
    if (knows_no_flag) return write_held_back(to, from, size);
    struct iovec whole = {(void *)from, size};
    ssize_t count = pwritev2(to, &whole, 1, -1, 0x100 /* RWF_NOSIGNAL */);
    if (count >= 0 || errno != EOPNOTSUPP) return count;
    knows_no_flag = true;
    return write_held_back(to, from, size);
}

static void echo(echo_ready ready, const char *path)
{
    make_pipes(path);
    ready(0);
    int in = open_pipe(path, "to", O_RDONLY), out = open_pipe(path, "from", O_WRONLY);
    char buffer[echo_room];
    for (;;) {
        ssize_t size = read(in, buffer, sizeof buffer);
        if (size <= 0) {
            if (size == 0) break;
            if (errno == EINTR) continue;
            die("read");
        }
        const char *next = buffer;
        for (size_t left = (size_t)size; left > 0;) {
            ssize_t sent = write_quietly(out, next, left);
            if (sent == -1) {
                if (errno == EINTR) continue;
                die("write");
            }
            next += sent;
            left -= (size_t)sent;
        }
    }
    close(in);
    close(out);
}

const struct echo_subject subject_c = {"C", {echo}};
