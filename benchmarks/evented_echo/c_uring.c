// SPDX-License-Identifier: BSL-1.0
// The twin on io_uring. One multishot accept, one multishot receive for each connection, into buffers that the kernel fills one
// after another, message behind message; a piece is sent from where it lies, and a buffer whose pieces have gone is given back.
// They are few, so that they stay in the cache. A kernel before 6.12 fills a buffer with one piece: then they are more, and
// smaller. A send that can go at once does so while it is submitted and completes in silence; one that cannot fails, and what
// is left of it goes as one that waits. One system call a turn submits all and waits. When turns bring many completions each, it
// waits a moment for more of them, and else for the first: a try now and then tells which.

#define _GNU_SOURCE
#include "listener.h"
#include "ring.h"
#include "subject.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

enum { shared_count = 4, shared_room = 262144, single_count = 64, single_room = 65536, none = -1 };
enum { batch = 16, batch_microseconds = 20, worth_waiting = 4, longest_pause = 1024 };

enum operation { op_accept, op_receive, op_send };

// A connection is known by its descriptor. What waits to be sent is a list of pieces, the first of them under way.
struct connection {
    int first, last;
    bool receiving, waiting, over;    // waiting: the send under way is one that waits
};

static struct ring ring;
static struct ring_buffers buffers;
static struct connection *connections;
static struct piece {
    char *start;
    unsigned size, buffer;
    int next;
} *pieces;               // as many as there may be bytes
static int free_piece = none, fresh_piece;
static struct {
    unsigned filled, pieces;
    bool is_full;        // the kernel has done with it
} states[single_count];

struct list {
    int *peers, count;
};
static struct list trying, tried;     // those whose send is tried in the next turn, and was tried in this one
static struct {
    int *peers;
    unsigned room, first, count;
} starved;                            // those whose receive ended for want of a buffer, in order

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
    struct piece *first = &pieces[connections[peer].first];
    struct io_uring_sqe *next = prepare(op_send, peer);
    next->opcode = IORING_OP_SEND;
    next->addr = (uintptr_t)first->start;
    next->len = first->size;
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

// What the kernel has put into a buffer, behind the pieces that it put there before.
static int take_piece(const struct io_uring_cqe *done)
{
    unsigned buffer = ring_buffer_of(done);
    int number = free_piece == none ? fresh_piece++ : free_piece;
    if (number == free_piece) free_piece = pieces[number].next;
    pieces[number] = (struct piece){ring_buffer(&buffers, buffer) + states[buffer].filled, (unsigned)done->res, buffer, none};
    states[buffer].filled += (unsigned)done->res;
    ++states[buffer].pieces;
    states[buffer].is_full = !ring_buffer_goes_on(done);
    if (states[buffer].is_full) --buffers.given;
    return number;
}

// Gives a piece back, and says which comes after it.
static int give_back(int number)
{
    int next = pieces[number].next;
    unsigned buffer = pieces[number].buffer;
    pieces[number].next = free_piece;
    free_piece = number;
    if (--states[buffer].pieces == 0 && states[buffer].is_full) {
        states[buffer].filled = 0;
        ring_buffer_back(&buffers, buffer);
    }
    return next;
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
        int number = take_piece(done);
        if (one->first == none) {
            one->first = one->last = number;
            try_first(peer);
        } else {
            pieces[one->last].next = number;
            one->last = number;
        }
    }
    if (done->flags & IORING_CQE_F_MORE) return;
    one->receiving = false;
    if (done->res == -ENOBUFS && !one->over) starved.peers[(starved.first + starved.count++) % starved.room] = peer;
    else if ((done->res > 0 || done->res == -EINTR) && !one->over) receive_more(peer);
    else finish(peer);
}

static void go_on(int peer)
{
    struct connection *one = &connections[peer];
    one->first = give_back(one->first);
    if (one->first != none) try_first(peer);
    else if (one->over) finish(peer);
}

// The peer is gone, and all that was for it.
static void give_up(int peer)
{
    struct connection *one = &connections[peer];
    int first = one->first;
    for (int number = pieces[first].next; number != none;) number = give_back(number);
    pieces[first].next = none;
    one->last = first;
    pieces[first].size = 0;
    finish(peer);
}

// A send that waited has ended, or one that was tried could not go at once.
static void sent(int peer, const struct io_uring_cqe *done)
{
    struct connection *one = &connections[peer];
    bool waited = one->waiting;
    struct piece *first = &pieces[one->first];
    if (done->res > 0) {
        first->start += done->res;
        first->size -= (unsigned)done->res;
    } else if (done->res != -EAGAIN && done->res != -EINTR) give_up(peer);
    one->waiting = first->size > 0;
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
        if (one->over || pieces[one->first].next != none) return true;
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
    starved.room = (unsigned)descriptors.rlim_cur;
    starved.peers = calloc(starved.room, sizeof *starved.peers);
    trying.peers = calloc(descriptors.rlim_cur, sizeof *trying.peers);
    tried.peers = calloc(descriptors.rlim_cur, sizeof *tried.peers);
    pieces = calloc(shared_count * shared_room, sizeof *pieces);
    if (!connections || !starved.peers || !trying.peers || !tried.peers || !pieces) die("calloc");
    unsigned port;
    int listener = listener_open(0, &port);
    ring_open(&ring, 4096, 32768);
    if (!ring_buffers_open(&ring, &buffers, shared_count, shared_room, true))
        ring_buffers_open(&ring, &buffers, single_count, single_room, false);
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
        for (unsigned left = buffers.given; starved.count > 0 && left > 0; --left, --starved.count)
            receive_more(starved.peers[starved.first++ % starved.room]);
    }
}

const struct evented_subject subject_c_uring = {"C, io_uring", serve, NULL};
