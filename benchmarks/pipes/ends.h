// SPDX-License-Identifier: BSL-1.0
#pragma once

// The two pipes between client and server, which have names so that a server under a tool finds them.

#ifdef __cplusplus
extern "C" {
#endif

void make_pipes(const char *path);                                    // the server's part, before it is ready
int open_pipe(const char *path, const char *which, int flags);        // "to" the server or "from" it

#ifdef __cplusplus
}
#endif
