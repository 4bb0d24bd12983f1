// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// The load generators: many connections to an echo server, each with `depth` messages under way. What a connection sends is a
// part of one random text that begins elsewhere for each, so every byte that comes back is known by its place.
//
// There are two, because each hides something. The one on epoll looks at every byte, and serves its connections one by one,
// so messages reach the server one by one. The one on io_uring hands over whole batches with one system call and looks at
// the first 64 bytes of what comes back at once: the server is what limits it.

#ifdef __cplusplus
extern "C" {
#endif

struct load_shape {
    unsigned port, connections, depth;
    size_t size;      // of a message
    unsigned late;    // so many of the connections are made while the others talk
};

// How often a round trip took how long: 32 steps to each power of two, so within 3 %.
enum { latency_steps = 32, latency_buckets = latency_steps * 40 };
struct latencies {
    uint64_t total, counts[latency_buckets];
};
// The nanoseconds that a share of the round trips (0.5, 0.99) stayed below.
double latency_at(const struct latencies *all, double share);

struct load_result {
    double seconds;                // until the time was up
    uint64_t trips;                // within it
    uint64_t all_trips;            // and with those that were under way then
    struct latencies latencies;    // of all; where connections come late, of their first ones, since they began to connect
};

struct load;

struct load_kind {
    const char *name;
    // Connects, or ends the program with a message.
    struct load *(*open)(const struct load_shape *shape);
    // Makes round trips until the time is up or each connection has made `each` of them (0: any number), and until all
    // that is under way has come back. Null when all went well, else what did not.
    const char *(*run)(struct load *load, double seconds, uint64_t each, struct load_result *result);
    // Ends every connection by a reset, so that no port is left waiting.
    void (*close)(struct load *load);
};

extern const struct load_kind load_epoll, load_uring;

// Whether the kernel has io_uring for us: the generator on it and the twin need that.
bool uring_possible(void);

#ifdef __cplusplus
}
#endif
