// SPDX-License-Identifier: BSL-1.0
#pragma once

// What the harness knows of each subject, in words that C and C++ share. A subject's file holds its servers as a good
// user of it would write them; each serves one client until that one ends, and then returns.

#ifdef __cplusplus
extern "C" {
#endif

enum { echo_room = 16384 };    // the bytes of a server's buffer: the longest message

// A server says here when it can be reached, and at which port (0 for a path).
typedef void (*echo_ready)(unsigned port);

struct echo_subject {
    const char *name;
    // Null where the subject is not installed. tcp ends at the end of the stream, udp at an empty message.
    void (*tcp)(echo_ready ready);
    void (*udp)(echo_ready ready);
    void (*local)(echo_ready ready, const char *path);
};

extern const struct echo_subject subject_c, subject_plumb, subject_asio;

#ifdef __cplusplus
}
#endif
