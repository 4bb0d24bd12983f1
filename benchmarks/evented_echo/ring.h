// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <linux/io_uring.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

// io_uring by its bare system calls: what the twin and the load generator on it need. A ring belongs to one thread. Errors
// end the program with a message.

struct ring {
    int fd;
    unsigned *submit_head, *submit_tail, submit_mask, submit_next, unsubmitted;
    struct io_uring_sqe *submissions;
    unsigned *complete_head, *complete_tail, complete_mask;
    struct io_uring_cqe *completions;
    void *queues;
    size_t queues_size, submissions_size;
    bool min_wait;    // the kernel can wait for several completions, but only so long (Linux 6.12)
};

void ring_open(struct ring *ring, unsigned submissions, unsigned completions);
void ring_close(struct ring *ring);

// io_uring_enter itself: what ring_next and ring_enter use.
void ring_system_enter(struct ring *ring, unsigned least, unsigned flags, void *argument, size_t size);

// The next submission, zeroed; submits what there is when the queue is full.
static inline struct io_uring_sqe *ring_next(struct ring *ring)
{
    while (ring->unsubmitted > ring->submit_mask) ring_system_enter(ring, 0, 0, NULL, 0);
    struct io_uring_sqe *next = &ring->submissions[ring->submit_next++ & ring->submit_mask];
    ++ring->unsubmitted;
    memset(next, 0, sizeof *next);
    return next;
}

// Submits, and waits for one completion, but no longer than some seconds (0: for ever); for as many as `hoped` only until
// some microseconds have passed. Does not wait where none is hoped for.
void ring_enter(struct ring *ring, unsigned hoped, unsigned microseconds, unsigned seconds);

// Hands every completion that has arrived to a function, and says how many that were.
static inline unsigned ring_each(struct ring *ring, void (*take)(void *self, const struct io_uring_cqe *), void *self)
{
    unsigned head = *ring->complete_head, tail = __atomic_load_n(ring->complete_tail, __ATOMIC_ACQUIRE);
    for (unsigned next = head; next != tail; ++next) take(self, &ring->completions[next & ring->complete_mask]);
    __atomic_store_n(ring->complete_head, tail, __ATOMIC_RELEASE);
    return tail - head;
}

// Buffers of one size that the kernel picks from when something arrives: a provided buffer ring of group 0. Where they are shared
// the kernel puts one piece behind another into a buffer until it is full.
struct ring_buffers {
    struct io_uring_buf_ring *ring;
    char *bytes;
    size_t size;
    unsigned short mask, tail, given;    // given: those that the kernel holds, unpublished ones too
};
static inline char *ring_buffer(const struct ring_buffers *buffers, unsigned number) { return buffers->bytes + number * buffers->size; }
static inline unsigned ring_buffer_of(const struct io_uring_cqe *done) { return done->flags >> IORING_CQE_BUFFER_SHIFT; }
static inline bool ring_buffer_goes_on(const struct io_uring_cqe *done) { return done->flags & (1U << 4); }    // IORING_CQE_F_BUF_MORE

// Gives one back.
static inline void ring_buffer_back(struct ring_buffers *buffers, unsigned number)
{
    struct io_uring_buf *next = &buffers->ring->bufs[buffers->tail & buffers->mask];
    next->addr = (uintptr_t)ring_buffer(buffers, number);
    next->len = (unsigned)buffers->size;
    next->bid = (unsigned short)number;
    ++buffers->given;
    __atomic_store_n(&buffers->ring->tail, ++buffers->tail, __ATOMIC_RELEASE);
}

// False where they cannot be shared (a kernel before Linux 6.12).
bool ring_buffers_open(struct ring *ring, struct ring_buffers *buffers, unsigned short count, size_t size, bool shared);
void ring_buffers_close(struct ring_buffers *buffers);    // after its ring
