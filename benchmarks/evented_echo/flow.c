// SPDX-License-Identifier: BSL-1.0
#define _GNU_SOURCE
#include "flow.h"

#include "listener.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

// The text is a circle of `circle` bytes; it is laid out so far beyond its end that whatever is under way lies in one piece.
enum { circle = 65521, longest = 1 << 20 };
static char text[circle + longest];

static void write_text(void)
{
    uint64_t state = 0x9e3779b97f4a7c15;
    for (size_t i = 0; i < circle; ++i) {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        text[i] = (char)(state >> 32);
    }
    for (size_t i = circle; i < sizeof text; ++i) text[i] = text[i - circle];
}

uint64_t now_nanoseconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

static int begin_to_connect(unsigned port, int flags)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int made = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | flags, 0);
    if (made == -1) die("socket");
    no_delay(made);
    struct linger reset = {.l_onoff = 1};
    if (setsockopt(made, SOL_SOCKET, SO_LINGER, &reset, sizeof reset) == -1) die("setsockopt");
    while (connect(made, (struct sockaddr *)&to, sizeof to) == -1)
        if (errno == EINPROGRESS) break;
        else if (errno != EINTR) die("connect");
    return made;
}

void flows_open(struct flows *flows, const struct load_shape *shape)
{
    if (shape->size * shape->depth > longest) {
        errno = EMSGSIZE;
        die("load");
    }
    if (!text[1]) write_text();
    *flows = (struct flows){.shape = *shape, .all = calloc(shape->connections, sizeof *flows->all)};
    uint64_t *times = calloc((size_t)shape->connections * shape->depth, sizeof *times);
    if (!flows->all || !times) die("calloc");
    for (unsigned i = 0; i < shape->connections; ++i)
        flows->all[i] = (struct flow){.fd = -1, .number = i, .begin = i * 7919u, .began = times + (size_t)i * shape->depth};
    for (; flows->connected < shape->connections - shape->late; ++flows->connected)
        flows->all[flows->connected].fd = begin_to_connect(shape->port, 0);
}

void flows_close(struct flows *flows)
{
    for (unsigned i = 0; i < flows->connected; ++i) close(flows->all[i].fd);
    free(flows->all[0].began);
    free(flows->all);
}

void flows_begin(struct flows *flows, double seconds, uint64_t each, struct load_result *result)
{
    memset(result, 0, sizeof *result);
    flows->result = result;
    flows->start = now_nanoseconds();
    flows->deadline = flows->start + (uint64_t)(seconds * 1e9);
    for (unsigned i = 0; i < flows->shape.connections; ++i)
        flows->all[i].limit = each ? flows->all[i].done + each : UINT64_MAX;
}

struct flow *flows_connect_late(struct flows *flows)
{
    if (flows->connected == flows->shape.connections) return NULL;
    struct flow *flow = &flows->all[flows->connected++];
    flow->first_counts = true;
    flow_ask(flows, flow, now_nanoseconds());
    flow->fd = begin_to_connect(flows->shape.port, SOCK_NONBLOCK);
    return flow;
}

void flow_ask(struct flows *flows, struct flow *flow, uint64_t now)
{
    if (flows_over(flows, now)) return;
    while (flow->asked - flow->done < flows->shape.depth && flow->asked < flow->limit) {
        flow->began[flow->asked++ % flows->shape.depth] = now;
        ++flows->under_way;
    }
}

const char *flow_text(const struct flow *flow) { return text + (flow->begin + flow->sent) % circle; }

size_t flow_size(const struct flows *flows, const struct flow *flow) { return flow->asked * flows->shape.size - flow->sent; }

static void count(struct latencies *all, uint64_t nanoseconds)
{
    unsigned power = 63u - (unsigned)__builtin_clzll(nanoseconds | latency_steps);
    unsigned bucket = (power - 5) * latency_steps + (unsigned)(nanoseconds >> (power - 5));
    ++all->counts[bucket < latency_buckets ? bucket : latency_buckets - 1];
    ++all->total;
}

double latency_at(const struct latencies *all, double share)
{
    uint64_t below = 0, wanted = (uint64_t)(share * (double)all->total);
    unsigned bucket = 0;
    while (bucket + 1 < latency_buckets && (below += all->counts[bucket]) <= wanted) ++bucket;
    if (bucket < 2 * latency_steps) return bucket;
    unsigned shift = bucket / latency_steps - 1;
    return ((double)(bucket % latency_steps + latency_steps) + 0.5) * (double)(UINT64_C(1) << shift);
}

bool flow_take(struct flows *flows, struct flow *flow, const char *bytes, size_t size, size_t look, uint64_t now)
{
    if (memcmp(bytes, text + (flow->begin + flow->back) % circle, size < look ? size : look) != 0) return false;
    flow->back += size;
    if (flow->back > flow->sent) return false;
    for (; (flow->done + 1) * flows->shape.size <= flow->back; ++flow->done, --flows->under_way, ++flows->result->all_trips)
        if (flows->shape.late == 0 || (flow->first_counts && flow->done == 0))
            count(&flows->result->latencies, now - flow->began[flow->done % flows->shape.depth]);
    return true;
}

bool flows_over(struct flows *flows, uint64_t now)
{
    if (now < flows->deadline) return false;
    flows_end(flows, now);
    return true;
}

void flows_end(struct flows *flows, uint64_t now)
{
    if (flows->result->seconds > 0) return;
    flows->result->seconds = (double)(now - flows->start) / 1e9;
    flows->result->trips = flows->result->all_trips;
}
