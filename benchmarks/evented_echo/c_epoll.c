// SPDX-License-Identifier: BSL-1.0
// The twin on epoll. Each connection is registered once, edge-triggered and for both directions; a receive that came back short
// has drained the socket, so that a message costs one receive and one send. What the peer does not take at once is kept,
// and nothing more is read from it until that has gone. Accepts are drained, but not so many at once that others starve.

#define _GNU_SOURCE
#include "listener.h"
#include "subject.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { room = 65536, events_at_once = 256, accepts_at_once = 64 };

struct connection {
    int peer;
    size_t size;     // of what is kept
    size_t gone;     // and how much of it went since
    char *kept;      // null: nothing
};

static char buffer[room];

static void finish(struct connection *one)
{
    close(one->peer);
    free(one->kept);
    free(one);
}

// How much of the bytes the peer took: less than all of it when it takes no more now; -1 when it is gone.
static ssize_t send_some(int peer, const char *bytes, size_t size)
{
    size_t gone = 0;
    while (gone < size) {
        ssize_t sent = send(peer, bytes + gone, size - gone, MSG_NOSIGNAL);
        if (sent == -1) {
            if (errno == EINTR) continue;
            return errno == EAGAIN ? (ssize_t)gone : -1;
        }
        gone += (size_t)sent;
    }
    return (ssize_t)gone;
}

static bool keep(struct connection *one, const char *bytes, size_t size)
{
    one->kept = malloc(size);
    if (!one->kept) return false;
    memcpy(one->kept, bytes, size);
    one->size = size;
    one->gone = 0;
    return true;
}

// Sends what was kept; false when the connection is over.
static bool send_kept(struct connection *one)
{
    ssize_t sent = send_some(one->peer, one->kept + one->gone, one->size - one->gone);
    if (sent == -1) return false;
    one->gone += (size_t)sent;
    if (one->gone < one->size) return true;
    free(one->kept);
    one->kept = NULL;
    return true;
}

// Echoes until there is nothing to read or the peer takes no more; false when the connection is over.
static bool echo(struct connection *one, unsigned events)
{
    bool ending = events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR);
    if (one->kept && !send_kept(one)) return false;
    while (!one->kept) {
        ssize_t size = recv(one->peer, buffer, room, 0);
        if (size <= 0) {
            if (size == -1 && errno == EINTR) continue;
            return size == -1 && errno == EAGAIN;
        }
        ssize_t sent = send_some(one->peer, buffer, (size_t)size);
        if (sent == -1) return false;
        if (sent < size && !keep(one, buffer + sent, (size_t)(size - sent))) return false;
        if (size < room && !ending) return true;    // drained: what comes later makes an event of its own
    }
    return true;
}

static void accept_all(int set, int listener)
{
    for (int count = 0; count < accepts_at_once; ++count) {
        int peer = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (peer == -1) {
            if (errno == EAGAIN) return;
            if (errno == EINTR || errno == ECONNABORTED) continue;
            die("accept");
        }
        no_delay(peer);
        struct connection *one = calloc(1, sizeof *one);
        if (!one) die("calloc");
        one->peer = peer;
        struct epoll_event wanted = {.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, .data.ptr = one};
        if (epoll_ctl(set, EPOLL_CTL_ADD, peer, &wanted) == -1) die("epoll_ctl");
    }
}

static void serve(echo_ready ready)
{
    unsigned port;
    int listener = listener_open(SOCK_NONBLOCK, &port);
    int set = epoll_create1(EPOLL_CLOEXEC);
    if (set == -1) die("epoll_create1");
    struct epoll_event wanted = {.events = EPOLLIN, .data.ptr = NULL};
    if (epoll_ctl(set, EPOLL_CTL_ADD, listener, &wanted) == -1) die("epoll_ctl");
    ready(port);
    for (;;) {
        struct epoll_event events[events_at_once];
        int count = epoll_wait(set, events, events_at_once, -1);
        if (count == -1 && errno != EINTR) die("epoll_wait");
        for (int i = 0; i < count; ++i) {
            struct connection *one = events[i].data.ptr;
            if (!one) accept_all(set, listener);
            else if (!echo(one, events[i].events)) finish(one);
        }
    }
}

const struct evented_subject subject_c_epoll = {"C, epoll", serve, NULL};
