// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "load.h"

// What one connection of a load generator has sent, heard, and still owes. Both generators keep these books, and differ in how the bytes move.

struct flow {
    int fd;
    unsigned number;
    uint64_t begin;                  // where in the text its bytes begin
    uint64_t asked, done, limit;     // messages: to be sent so far, back, and to be made at all
    uint64_t sent, back;             // bytes
    uint64_t *began;                 // when each message under way was asked for
    bool first_counts;               // its first message was asked for when it began to connect
    bool waiting, talks;             // what the generator on io_uring knows of it: a send that waits, more to send
};

struct flows {
    struct load_shape shape;
    struct flow *all;
    unsigned connected;              // the others are late
    uint64_t under_way;              // messages
    uint64_t deadline, start;
    struct load_result *result;
};

uint64_t now_nanoseconds(void);

// Allocates the flows, and connects those that are not late.
void flows_open(struct flows *flows, const struct load_shape *shape);
void flows_close(struct flows *flows);

// Starts a run: each flow may ask for `each` more messages (0: any number), until the deadline.
void flows_begin(struct flows *flows, double seconds, uint64_t each, struct load_result *result);

// Begins to connect the next late one, without waiting; null when there is none.
struct flow *flows_connect_late(struct flows *flows);

// Asks for as many messages as the depth allows; nothing once the time is up.
void flow_ask(struct flows *flows, struct flow *flow, uint64_t now);

// What is asked for and not sent yet.
const char *flow_text(const struct flow *flow);
size_t flow_size(const struct flows *flows, const struct flow *flow);

// Takes what came back, and looks at the first `look` bytes of it; false when that is not what was sent.
bool flow_take(struct flows *flows, struct flow *flow, const char *bytes, size_t size, size_t look, uint64_t now);

// Whether the time is up; the first time that it is, this ends what the result counts, and so does the end of a run.
bool flows_over(struct flows *flows, uint64_t now);
void flows_end(struct flows *flows, uint64_t now);
