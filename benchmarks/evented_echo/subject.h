// SPDX-License-Identifier: BSL-1.0
#pragma once

// What the harness knows of each subject, in words that C and C++ share. A subject's file holds one server as a good user
// of it would write it: one thread, any number of connections, TCP_NODELAY on each. It serves until it is killed.

#ifdef __cplusplus
extern "C" {
#endif

enum { echo_room = 16384 };    // the longest message

// A server says here at which port it can be reached.
typedef void (*echo_ready)(unsigned port);

struct evented_subject {
    const char *name;
    void (*serve)(echo_ready ready);    // null where the subject is not installed
    const char *missing;                // and then what is not there
};

extern const struct evented_subject subject_c_epoll, subject_c_uring, subject_asio_callbacks, subject_asio_coroutines, subject_libuv,
    subject_plumb_epoll, subject_plumb_uring, subject_plumb_poll;

#ifdef __cplusplus
}
#endif
