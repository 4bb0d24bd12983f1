// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <stdbool.h>
#include <stddef.h>

// The client, one for all subjects: sends a message, waits until all of it is back, looks whether it is the same one.

#ifdef __cplusplus
extern "C" {
#endif

// The way to the server and the way back: one socket twice, or two pipes.
struct client_ends {
    int to, from;
};

// Connects to a server, or ends the program with a message.
struct client_ends client_connect(int protocol, unsigned port, const char *path);

// Makes `trips` round trips of `size` bytes (8 to echo_room); false when one of them failed, and errno says why.
bool client_trips(struct client_ends server, size_t size, long trips);

// Tells the server that there is nothing more, and closes.
void client_end(int protocol, struct client_ends server);

#ifdef __cplusplus
}
#endif
