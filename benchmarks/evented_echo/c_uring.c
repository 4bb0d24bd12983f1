// SPDX-License-Identifier: BSL-1.0
// The twin on io_uring. One multishot accept, one multishot receive for each connection, into buffers that the kernel picks;
// a buffer is sent from where it lies, and then given back. A send that can go at once does so while it is submitted and
// completes in silence; one that cannot fails, and what is left of it goes as one that waits. One system call a turn submits
// all and waits. When turns bring many completions each, it waits a moment for more of them, and else for the first: a try
// now and then tells which.

#define _GNU_SOURCE
#include "listener.h"
#include "ring.h"
#include "subject.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

enum { room = 65536, buffer_count = 256, none = -1 };
enum { batch = 16, batch_microseconds = 20, worth_waiting = 4, longest_pause = 1024 };

enum operation { op_accept, op_receive, op_send };

// A connection is known by its descriptor. What waits to be sent is a list of buffers, the first of them under way.
struct connection {
    int first, last;
    bool receiving, waiting, over;    // waiting: the send under way is one that waits
};

static struct ring ring;
static struct ring_buffers buffers;
static struct connection *connections;
static int next_buffer[buffer_count];
static struct {
    unsigned size, gone;
} filled[buffer_count];

struct list {
    int *peers, count;
};
static struct list starved;           // those whose receive ended for want of a buffer
static struct list trying, tried;     // those whose send is tried in the next turn, and was tried in this one

static struct io_uring_sqe *prepare(enum operation what, int fd)
{
    struct io_uring_sqe *next = ring_next(&ring);
    next->fd = fd;
    next->user_data = (uint64_t)fd << 2 | what;
    return next;
}

static void accept_more(int listener)
{
    struct io_uring_sqe *next = prepare(op_accept, listener);
    next->opcode = IORING_OP_ACCEPT;
    next->ioprio = IORING_ACCEPT_MULTISHOT;
    next->accept_flags = SOCK_CLOEXEC;
}

static void receive_more(int peer)
{
    struct io_uring_sqe *next = prepare(op_receive, peer);
    next->opcode = IORING_OP_RECV;
    next->ioprio = IORING_RECV_MULTISHOT;
    next->flags = IOSQE_BUFFER_SELECT;
    connections[peer].receiving = true;
}

static struct io_uring_sqe *send_first(int peer)
{
    int number = connections[peer].first;
    struct io_uring_sqe *next = prepare(op_send, peer);
    next->opcode = IORING_OP_SEND;
    next->addr = (uintptr_t)ring_buffer(&buffers, (unsigned)number) + filled[number].gone;
    next->len = filled[number].size - filled[number].gone;
    next->msg_flags = MSG_NOSIGNAL | MSG_WAITALL;
    return next;
}

static void try_first(int peer)
{
    struct io_uring_sqe *next = send_first(peer);
    next->flags = IOSQE_CQE_SKIP_SUCCESS;
    next->msg_flags |= MSG_DONTWAIT;
    trying.peers[trying.count++] = peer;
}

static void give_back_first(struct connection *one)
{
    int number = one->first;
    one->first = next_buffer[number];
    ring_buffer_back(&buffers, (unsigned)number);
}

// Closes when nothing is under way any more: the kernel still reads a buffer that is being sent.
static void finish(int peer)
{
    struct connection *one = &connections[peer];
    one->over = true;
    if (one->receiving) shutdown(peer, SHUT_RDWR);
    else if (one->first == none) close(peer);
}

static void accepted(int listener, const struct io_uring_cqe *done)
{
    if (!(done->flags & IORING_CQE_F_MORE)) accept_more(listener);
    if (done->res < 0) {
        if (done->res == -EINTR || done->res == -ECONNABORTED || done->res == -EAGAIN) return;
        errno = -done->res;
        die("accept");
    }
    no_delay(done->res);
    connections[done->res] = (struct connection){.first = none};
    receive_more(done->res);
}

static void received(int peer, const struct io_uring_cqe *done)
{
    struct connection *one = &connections[peer];
    if (done->res > 0) {
        int number = (int)ring_buffer_of(done);
        --buffers.given;
        filled[number].size = (unsigned)done->res;
        filled[number].gone = 0;
        next_buffer[number] = none;
        if (one->first == none) {
            one->first = one->last = number;
            try_first(peer);
        } else {
            next_buffer[one->last] = number;
            one->last = number;
        }
    }
    if (done->flags & IORING_CQE_F_MORE) return;
    one->receiving = false;
    if (done->res == -ENOBUFS && !one->over) starved.peers[starved.count++] = peer;
    else if ((done->res > 0 || done->res == -EINTR) && !one->over) receive_more(peer);
    else finish(peer);
}

static void go_on(int peer)
{
    struct connection *one = &connections[peer];
    give_back_first(one);
    if (one->first != none) try_first(peer);
    else if (one->over) finish(peer);
}

// The peer is gone, and all that was for it.
static void give_up(int peer)
{
    struct connection *one = &connections[peer];
    int first = one->first;
    for (int number = next_buffer[first]; number != none; number = next_buffer[number]) ring_buffer_back(&buffers, (unsigned)number);
    next_buffer[first] = none;
    one->last = first;
    filled[first].gone = filled[first].size;
    finish(peer);
}

// A send that waited has ended, or one that was tried could not go at once.
static void sent(int peer, const struct io_uring_cqe *done)
{
    struct connection *one = &connections[peer];
    bool waited = one->waiting;
    if (done->res > 0) filled[one->first].gone += (unsigned)done->res;
    else if (done->res != -EAGAIN && done->res != -EINTR) give_up(peer);
    one->waiting = filled[one->first].gone < filled[one->first].size;
    if (one->waiting) send_first(peer);
    else if (waited) go_on(peer);
}

// Those whose send was tried in this turn and did not fail: it has gone.
static void settle(void)
{
    for (int i = 0; i < tried.count; ++i)
        if (!connections[tried.peers[i]].waiting) go_on(tried.peers[i]);
    tried.count = 0;
}

// Whether something will happen as soon as the sends that are tried have gone: then the turn must not wait for news.
static bool is_pressed(void)
{
    if (trying.count > 0 && starved.count > 0) return true;
    for (int i = 0; i < trying.count; ++i) {
        struct connection *one = &connections[trying.peers[i]];
        if (one->over || next_buffer[one->first] != none) return true;
    }
    return false;
}

static void take(void *self, const struct io_uring_cqe *done)
{
    (void)self;
    int fd = (int)(done->user_data >> 2);
    switch ((enum operation)(done->user_data & 3)) {
    case op_accept: accepted(fd, done); break;
    case op_receive: received(fd, done); break;
    case op_send: sent(fd, done); break;
    }
}

// How long the next turn waits. A try that brought a batch is followed by another; one that did not by a pause, twice as
// long each time.
static struct {
    bool waiting;
    unsigned pause, left;
} patience = {.pause = 1, .left = 1};

static void learn(unsigned completions)
{
    if (patience.waiting) {
        if (completions >= worth_waiting) patience.pause = 1;
        else {
            patience.waiting = false;
            patience.left = patience.pause;
            if (patience.pause < longest_pause) patience.pause *= 2;
        }
    } else if (--patience.left == 0)
        patience.waiting = true;
}

static void serve(echo_ready ready)
{
    struct rlimit descriptors;
    if (getrlimit(RLIMIT_NOFILE, &descriptors) == -1) die("getrlimit");
    connections = calloc(descriptors.rlim_cur, sizeof *connections);
    starved.peers = calloc(descriptors.rlim_cur, sizeof *starved.peers);
    trying.peers = calloc(descriptors.rlim_cur, sizeof *trying.peers);
    tried.peers = calloc(descriptors.rlim_cur, sizeof *tried.peers);
    if (!connections || !starved.peers || !trying.peers || !tried.peers) die("calloc");
    unsigned port;
    int listener = listener_open(0, &port);
    ring_open(&ring, 4096, 32768);
    ring_buffers_open(&ring, &buffers, buffer_count, room);
    accept_more(listener);
    ready(port);
    for (;;) {
        unsigned hoped = is_pressed() ? 0 : patience.waiting ? batch : 1;
        struct list now = trying;
        trying = tried;
        tried = now;
        ring_enter(&ring, hoped, batch_microseconds, 0);
        unsigned completions = ring_each(&ring, take, NULL);
        if (hoped > 0) learn(completions);
        settle();
        while (starved.count > 0 && buffers.given > 0) receive_more(starved.peers[--starved.count]);
    }
}

const struct evented_subject subject_c_uring = {"C, io_uring", serve, NULL};
