// SPDX-License-Identifier: BSL-1.0
#pragma once

// The ways to copy a file into what takes bytes, in words that C and C++ share.

#ifdef __cplusplus
extern "C" {
#endif

enum copy_target { copy_tcp, copy_local, copy_pipe };

// Copies all of the file into an open descriptor, or ends the program with a message. Null where there is no such way.
typedef void (*copy_way)(const char *path, int to);

struct copy_subject {
    const char *name;
    copy_way into[3];    // by the target
};

extern const struct copy_subject copy_loop, copy_sendfile, copy_splice, copy_plumb, copy_send_file;

#ifdef __cplusplus
}
#endif
