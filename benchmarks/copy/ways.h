// SPDX-License-Identifier: BSL-1.0
#pragma once

// The ways to copy, in words that C and C++ share.

#ifdef __cplusplus
extern "C" {
#endif

// A file into a connection of TCP or of local sockets or into a pipe, and one connection into another.
enum copy_pair { copy_tcp, copy_local, copy_pipe, copy_relay };

// Copies from one open descriptor to another until the end, or ends the program with a message. Null where there is no such way.
typedef void (*copy_way)(int from, int to);

struct copy_subject {
    const char *name;
    copy_way ways[4];    // by the pair
};

extern const struct copy_subject copy_loop, copy_sendfile, copy_splice, copy_plumb, copy_send_file;

#ifdef __cplusplus
}
#endif
