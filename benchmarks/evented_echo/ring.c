// SPDX-License-Identifier: BSL-1.0
#define _GNU_SOURCE
#include "ring.h"

#include "listener.h"
#include "load.h"

#include <errno.h>
#include <linux/time_types.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

// Newer than the headers that this is built with.
enum { FEATURE_MIN_WAIT = 1 << 15, BUFFERS_ARE_SHARED = 2 };
struct buffer_registration {
    uint64_t ring;
    uint32_t entries;
    uint16_t group, flags;
    uint64_t unused[3];
};
struct enter_argument {
    uint64_t mask;
    uint32_t mask_size, min_wait_microseconds;
    uint64_t time;
};

static int setup(unsigned entries, struct io_uring_params *parameters)
{
    return (int)syscall(SYS_io_uring_setup, entries, parameters);
}

bool uring_possible(void)
{
    struct io_uring_params parameters = {.flags = IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN};
    int fd = setup(4, &parameters);
    if (fd == -1) return false;
    close(fd);
    return true;
}

void ring_open(struct ring *ring, unsigned submissions, unsigned completions)
{
    struct io_uring_params parameters = {
        .flags = IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN | IORING_SETUP_CQSIZE,
        .cq_entries = completions,
    };
    ring->fd = setup(submissions, &parameters);
    if (ring->fd == -1) die("io_uring_setup");
    ring->queues_size = parameters.cq_off.cqes + parameters.cq_entries * sizeof(struct io_uring_cqe);
    size_t indices = parameters.sq_off.array + parameters.sq_entries * sizeof(unsigned);
    if (indices > ring->queues_size) ring->queues_size = indices;
    char *base = ring->queues = mmap(NULL, ring->queues_size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, ring->fd, IORING_OFF_SQ_RING);
    ring->submissions_size = parameters.sq_entries * sizeof(struct io_uring_sqe);
    ring->submissions = mmap(NULL, ring->submissions_size, PROT_READ | PROT_WRITE,
                             MAP_SHARED | MAP_POPULATE, ring->fd, IORING_OFF_SQES);
    if (base == MAP_FAILED || ring->submissions == MAP_FAILED) die("mmap");
    ring->submit_head = (unsigned *)(base + parameters.sq_off.head);
    ring->submit_tail = (unsigned *)(base + parameters.sq_off.tail);
    ring->submit_mask = parameters.sq_entries - 1;
    ring->submit_next = ring->unsubmitted = 0;
    ring->complete_head = (unsigned *)(base + parameters.cq_off.head);
    ring->complete_tail = (unsigned *)(base + parameters.cq_off.tail);
    ring->complete_mask = parameters.cq_entries - 1;
    ring->completions = (struct io_uring_cqe *)(base + parameters.cq_off.cqes);
    ring->min_wait = parameters.features & FEATURE_MIN_WAIT;
    unsigned *places = (unsigned *)(base + parameters.sq_off.array);    // always in order
    for (unsigned i = 0; i < parameters.sq_entries; ++i) places[i] = i;
}

void ring_close(struct ring *ring)
{
    close(ring->fd);
    munmap(ring->submissions, ring->submissions_size);
    munmap(ring->queues, ring->queues_size);
}

void ring_system_enter(struct ring *ring, unsigned least, unsigned flags, void *argument, size_t size)
{
    __atomic_store_n(ring->submit_tail, ring->submit_next, __ATOMIC_RELEASE);
    long taken = syscall(SYS_io_uring_enter, ring->fd, ring->unsubmitted, least, flags, argument, size);
    if (taken >= 0) ring->unsubmitted -= (unsigned)taken;
    else if (errno != ETIME && errno != EINTR && errno != EAGAIN && errno != EBUSY) die("io_uring_enter");
}

void ring_enter(struct ring *ring, unsigned hoped, unsigned microseconds, unsigned seconds)
{
    bool batch = hoped > 1 && ring->min_wait;
    struct __kernel_timespec longest = {.tv_sec = seconds};
    struct enter_argument argument = {.min_wait_microseconds = batch ? microseconds : 0, .time = seconds ? (uintptr_t)&longest : 0};
    if (!batch && seconds == 0) ring_system_enter(ring, hoped > 0, IORING_ENTER_GETEVENTS, NULL, 0);
    else ring_system_enter(ring, batch ? hoped : 1, IORING_ENTER_GETEVENTS | IORING_ENTER_EXT_ARG, &argument, sizeof argument);
}

bool ring_buffers_open(struct ring *ring, struct ring_buffers *buffers, unsigned short count, size_t size, bool shared)
{
    size_t ring_size = count * sizeof(struct io_uring_buf);
    buffers->ring = mmap(NULL, ring_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    buffers->bytes = mmap(NULL, count * size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (buffers->ring == MAP_FAILED || buffers->bytes == MAP_FAILED) die("mmap");
    struct buffer_registration registration = {.ring = (uintptr_t)buffers->ring, .entries = count, .flags = shared ? BUFFERS_ARE_SHARED : 0};
    buffers->size = size;
    buffers->mask = (unsigned short)(count - 1);
    buffers->tail = buffers->given = 0;
    if (syscall(SYS_io_uring_register, ring->fd, IORING_REGISTER_PBUF_RING, &registration, 1) == -1) {
        if (!shared) die("io_uring_register");
        ring_buffers_close(buffers);
        return false;
    }
    for (unsigned i = 0; i < count; ++i) ring_buffer_back(buffers, i);
    return true;
}

void ring_buffers_close(struct ring_buffers *buffers)
{
    size_t count = buffers->mask + 1u;
    munmap(buffers->ring, count * sizeof(struct io_uring_buf));
    munmap(buffers->bytes, count * buffers->size);
}
