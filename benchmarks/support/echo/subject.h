// SPDX-License-Identifier: BSL-1.0
#pragma once

// What the harness knows of each subject, in words that C and C++ share. A subject's file holds its servers as a good
// user of it would write them; each serves one client until that one ends, and then returns. What the client says last is the
// end of a stream, or an empty message.

#ifdef __cplusplus
extern "C" {
#endif

enum { echo_room = 16384 };    // the bytes of a server's buffer: the longest message

// A server says here when it can be reached, and at which port (0 for a path).
typedef void (*echo_ready)(unsigned port);
typedef void (*echo_server)(echo_ready ready, const char *path);

struct echo_subject {
    const char *name;
    echo_server servers[3];    // by the number of the protocol; null where the subject is not installed
};

#ifdef __cplusplus
}
#endif
