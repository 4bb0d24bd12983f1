// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <stdbool.h>
#include <stddef.h>

// The client, one for all subjects: sends a message, waits until all of it is back, looks whether it is the same one.

#ifdef __cplusplus
extern "C" {
#endif

enum echo_protocol { echo_tcp, echo_udp, echo_local };

// Connects to a server, or ends the program with a message.
int client_connect(enum echo_protocol protocol, unsigned port, const char *path);

// Makes `trips` round trips of `size` bytes (8 to echo_room); false when one of them failed, and errno says why.
bool client_trips(int server, size_t size, long trips);

// Tells the server that there is nothing more, and closes.
void client_end(enum echo_protocol protocol, int server);

#ifdef __cplusplus
}
#endif
