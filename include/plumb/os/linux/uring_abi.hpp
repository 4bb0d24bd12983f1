// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/os/platform.hpp>

#include <cstdint>
#include <sys/syscall.h>
#include <unistd.h>

// What io_uring(7) and its reader agree on, as far as it is used here. The system's own <linux/io_uring.h> would bring macros
// that clash with <sys/mount.h>, and is often older than the kernel that runs.

namespace plumb::inline v0_1::os::uring_abi {

// One entry of the submission queue.
struct submission {
    enum : std::uint8_t { poll = 6, accept = 13, cancel = 14, send = 26, receive = 27 };             // opcode
    enum : std::uint8_t { picks_buffer = 1 << 5, silent_success = 1 << 6 };                           // flags
    enum : std::uint16_t { accept_on = 1 << 0, receive_on = 1 << 1 };                                 // priority: multishot

    std::uint8_t opcode;
    std::uint8_t flags;
    std::uint16_t priority;
    std::int32_t handle;
    std::uint64_t offset;
    std::uint64_t address;
    std::uint32_t size;
    std::uint32_t operation_flags;    // those of the call: MSG_NOSIGNAL, SOCK_CLOEXEC, POLLIN
    std::uint64_t token;
    std::uint16_t buffer_group;
    std::uint16_t personality;
    std::uint32_t most_bytes;         // of a receive that goes on
    std::uint64_t unused[2];
};
static_assert(sizeof(submission) == 64);

// One entry of the completion queue.
struct completion {
    enum : std::uint32_t { has_buffer = 1 << 0, has_more = 1 << 1, buffer_goes_on = 1 << 4, buffer_shift = 16 };    // flags

    std::uint64_t token;
    std::int32_t outcome;    // a count, a handle, or -errno
    std::uint32_t flags;
};
static_assert(sizeof(completion) == 16);

// One of the buffers that the kernel picks from. The ring's tail lies in the last two bytes of the first.
struct buffer {
    std::uint64_t address;
    std::uint32_t size;
    std::uint16_t number;
    std::uint16_t tail;
};
static_assert(sizeof(buffer) == 16);

struct buffer_registration {
    enum : std::uint16_t { shares_buffers = 1 << 1 };    // flags

    std::uint64_t address;
    std::uint32_t count;
    std::uint16_t group;
    std::uint16_t flags;
    std::uint64_t unused[3];
};
static_assert(sizeof(buffer_registration) == 40);

struct submission_offsets {
    std::uint32_t head, tail, mask, entries, flags, dropped, array, unused;
    std::uint64_t address;
};
struct completion_offsets {
    std::uint32_t head, tail, mask, entries, overflow, completions, flags, unused;
    std::uint64_t address;
};
struct parameters {
    enum : std::uint32_t {    // flags
        sizes_completions = 1 << 3,
        starts_disabled = 1 << 6,
        submits_all = 1 << 7,
        single_issuer = 1 << 12,
        defers_work = 1 << 13,
    };
    enum : std::uint32_t {    // features
        one_mapping = 1 << 0,
        no_drop = 1 << 1,
        waits_with_argument = 1 << 8,
        can_be_silent = 1 << 11,
        waits_for_batches = 1 << 15,
    };

    std::uint32_t submission_entries, completion_entries, flags, thread_core, thread_idle, features, workers, unused[3];
    submission_offsets submissions;
    completion_offsets completions;
};
static_assert(sizeof(parameters) == 120);

// How to wait: for how long at most, and for how long for more than one completion.
struct wait_argument {
    std::uint64_t signals;
    std::uint32_t signals_size;
    std::uint32_t batch_microseconds;
    std::uint64_t longest;    // where a moment of two 64-bit numbers lies; 0: for ever
};
static_assert(sizeof(wait_argument) == 24);

enum : unsigned { enter_waits = 1 << 0, enter_with_argument = 1 << 3 };
enum : unsigned { register_enable = 12, register_buffers = 22 };
enum : std::int64_t { queues_at = 0, submissions_at = 0x10000000 };
enum : std::uint32_t { completions_overflow = 1 << 1 };    // flags in the submission queue
enum : std::uint32_t { cancel_all = 1 << 0, cancel_any = 1 << 2 };

// The numbers of the calls, the same on every architecture.
[[nodiscard]] inline int setup(unsigned entries, parameters& wanted) noexcept {
    return static_cast<int>(::syscall(425, entries, &wanted));
}
[[nodiscard]] inline int enter(int ring, unsigned submitted, unsigned least, unsigned flags, const wait_argument* how) noexcept {
    return static_cast<int>(::syscall(426, ring, submitted, least, flags, how, how ? sizeof *how : 0));
}
[[nodiscard]] inline int enrol(int ring, unsigned what, const void* argument, unsigned count) noexcept {
    return static_cast<int>(::syscall(427, ring, what, argument, count));
}

}  // namespace plumb::os::uring_abi
