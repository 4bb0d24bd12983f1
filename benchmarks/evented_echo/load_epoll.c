// SPDX-License-Identifier: BSL-1.0
// The load generator on epoll: edge-triggered, one receive and one send for what came back, every byte looked at.

#define _GNU_SOURCE
#include "flow.h"
#include "listener.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { room = 65536, events_at_once = 256, late_at_once = 8, patience_milliseconds = 20000 };

struct load {
    struct flows flows;
    int set;
    const char *wrong;
};

static char buffer[room];

static void watch(struct load *load, struct flow *flow)
{
    struct epoll_event wanted = {.events = EPOLLIN | EPOLLOUT | EPOLLET, .data.ptr = flow};
    if (epoll_ctl(load->set, EPOLL_CTL_ADD, flow->fd, &wanted) == -1) die("epoll_ctl");
}

static struct load *open_load(const struct load_shape *shape)
{
    struct load *load = calloc(1, sizeof *load);
    if (!load) die("calloc");
    flows_open(&load->flows, shape);
    load->set = epoll_create1(EPOLL_CLOEXEC);
    if (load->set == -1) die("epoll_create1");
    for (unsigned i = 0; i < load->flows.connected; ++i) watch(load, &load->flows.all[i]);
    return load;
}

static void send_asked(struct load *load, struct flow *flow)
{
    for (size_t size; (size = flow_size(&load->flows, flow)) > 0;) {
        ssize_t sent = send(flow->fd, flow_text(flow), size, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent > 0) flow->sent += (uint64_t)sent;
        else if (errno == EAGAIN) return;
        else if (errno != EINTR) {
            load->wrong = strerror(errno);
            return;
        }
    }
}

static void receive_all(struct load *load, struct flow *flow)
{
    for (;;) {
        ssize_t size = recv(flow->fd, buffer, room, MSG_DONTWAIT);
        if (size > 0) {
            uint64_t now = now_nanoseconds();
            if (!flow_take(&load->flows, flow, buffer, (size_t)size, room, now)) load->wrong = "other bytes came back";
            flow_ask(&load->flows, flow, now);
            send_asked(load, flow);
            if (size < room) return;
        } else if (size == 0 || errno != EINTR) {
            if (size == 0 || errno != EAGAIN) load->wrong = size == 0 ? "the server hung up" : strerror(errno);
            return;
        }
    }
}

static const char *run(struct load *load, double seconds, uint64_t each, struct load_result *result)
{
    struct flows *flows = &load->flows;
    load->wrong = NULL;
    flows_begin(flows, seconds, each, result);
    for (unsigned i = 0; i < flows->connected; ++i) {
        flow_ask(flows, &flows->all[i], now_nanoseconds());
        send_asked(load, &flows->all[i]);
    }
    struct flow *late = NULL;
    while (!load->wrong && flows->under_way > 0) {
        for (int i = 0; flows->shape.late > 0 && i < late_at_once && (late = flows_connect_late(flows)); ++i) watch(load, late);
        struct epoll_event events[events_at_once];
        int count = epoll_wait(load->set, events, events_at_once, late ? 0 : patience_milliseconds);
        if (count == 0 && !late) load->wrong = "no answer";
        for (int i = 0; i < count && !load->wrong; ++i) {
            send_asked(load, events[i].data.ptr);
            if (events[i].events & ~(unsigned)EPOLLOUT) receive_all(load, events[i].data.ptr);
        }
    }
    flows_end(flows, now_nanoseconds());
    return load->wrong;
}

static void close_load(struct load *load)
{
    flows_close(&load->flows);
    close(load->set);
    free(load);
}

const struct load_kind load_epoll = {"epoll", open_load, run, close_load};
