// SPDX-License-Identifier: BSL-1.0
// The load generator on io_uring: all that came back and all that is sent next is one system call.

#define _GNU_SOURCE
#include "flow.h"
#include "listener.h"
#include "ring.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { room = 16384, buffer_count = 1024, look = 64, batch = 16, batch_microseconds = 20 };
enum { patience_seconds = 20 };
enum operation { op_receive, op_send };

struct load {
    struct flows flows;
    struct ring ring;
    struct ring_buffers buffers;
    struct flow **talkative;    // those that have asked for more in this turn
    unsigned talkative_count;
    uint64_t now;
    const char *wrong;
};

static struct io_uring_sqe *prepare(struct load *load, const struct flow *flow, enum operation what)
{
    struct io_uring_sqe *next = ring_next(&load->ring);
    next->fd = flow->fd;
    next->user_data = (uint64_t)flow->number << 1 | what;
    return next;
}

static void receive_more(struct load *load, const struct flow *flow)
{
    struct io_uring_sqe *next = prepare(load, flow, op_receive);
    next->opcode = IORING_OP_RECV;
    next->ioprio = IORING_RECV_MULTISHOT;
    next->flags = IOSQE_BUFFER_SELECT;
}

// Sends what can go at once, in silence; where that fails, the rest as one that waits.
static void send_asked(struct load *load, struct flow *flow)
{
    size_t size = flow_size(&load->flows, flow);
    struct io_uring_sqe *next = prepare(load, flow, op_send);
    next->opcode = IORING_OP_SEND;
    next->addr = (uintptr_t)flow_text(flow);
    next->len = (unsigned)size;
    next->msg_flags = MSG_NOSIGNAL | MSG_WAITALL;
    if (!flow->waiting) {
        next->msg_flags |= MSG_DONTWAIT;
        next->flags = IOSQE_CQE_SKIP_SUCCESS;
    }
    next->user_data |= (uint64_t)size << 32;
    flow->sent += size;
}

static void received(struct load *load, struct flow *flow, const struct io_uring_cqe *done)
{
    if (done->res > 0) {
        unsigned number = ring_buffer_of(done);
        if (!flow_take(&load->flows, flow, ring_buffer(&load->buffers, number), (size_t)done->res, look, load->now))
            load->wrong = "other bytes came back";
        ring_buffer_back(&load->buffers, number);
        flow_ask(&load->flows, flow, load->now);
        if (!flow->talks) load->talkative[load->talkative_count++] = flow;
        flow->talks = true;
    } else if (done->res == 0) load->wrong = "the server hung up";
    else if (done->res != -ENOBUFS && done->res != -EINTR) load->wrong = strerror(-done->res);
    if (!(done->flags & IORING_CQE_F_MORE)) receive_more(load, flow);
}

static void sent(struct load *load, struct flow *flow, const struct io_uring_cqe *done)
{
    int size = (int)(done->user_data >> 32);
    if (done->res < 0 && done->res != -EAGAIN && done->res != -EINTR) load->wrong = strerror(-done->res);
    flow->sent -= (uint64_t)(size - (done->res > 0 ? done->res : 0));
    flow->waiting = done->res < size;
    if (flow_size(&load->flows, flow) > 0) send_asked(load, flow);
}

static void take(void *self, const struct io_uring_cqe *done)
{
    struct load *load = self;
    struct flow *flow = &load->flows.all[(uint32_t)done->user_data >> 1];
    if ((done->user_data & 1) == op_receive) received(load, flow, done);
    else sent(load, flow, done);
}

// One send for each, so that none can overtake another.
static void send_all(struct load *load)
{
    for (unsigned i = 0; i < load->talkative_count; ++i) {
        struct flow *flow = load->talkative[i];
        flow->talks = false;
        if (!flow->waiting && flow_size(&load->flows, flow) > 0) send_asked(load, flow);
    }
    load->talkative_count = 0;
}

static struct load *open_load(const struct load_shape *shape)
{
    struct load *load = calloc(1, sizeof *load);
    if (!load) die("calloc");
    flows_open(&load->flows, shape);
    load->talkative = calloc(shape->connections, sizeof *load->talkative);
    if (!load->talkative) die("calloc");
    ring_open(&load->ring, 4096, 32768);
    ring_buffers_open(&load->ring, &load->buffers, buffer_count, room, false);
    for (unsigned i = 0; i < load->flows.connected; ++i) receive_more(load, &load->flows.all[i]);
    return load;
}

static const char *run(struct load *load, double seconds, uint64_t each, struct load_result *result)
{
    struct flows *flows = &load->flows;
    load->wrong = NULL;
    flows_begin(flows, seconds, each, result);
    load->now = now_nanoseconds();
    for (unsigned i = 0; i < flows->connected; ++i) {
        flow_ask(flows, &flows->all[i], load->now);
        send_asked(load, &flows->all[i]);
    }
    while (!load->wrong && flows->under_way > 0) {
        ring_enter(&load->ring, flows->under_way < 2 * batch ? ((unsigned)flows->under_way + 1) / 2 : batch, batch_microseconds, patience_seconds);
        uint64_t before = load->now;
        load->now = now_nanoseconds();
        if (ring_each(&load->ring, take, load) == 0 && load->now - before > patience_seconds * UINT64_C(1000000000)) load->wrong = "no answer";
        send_all(load);
    }
    flows_end(flows, now_nanoseconds());
    return load->wrong;
}

static void close_load(struct load *load)
{
    ring_close(&load->ring);
    ring_buffers_close(&load->buffers);
    flows_close(&load->flows);
    free(load->talkative);
    free(load);
}

const struct load_kind load_uring = {"io_uring", open_load, run, close_load};
