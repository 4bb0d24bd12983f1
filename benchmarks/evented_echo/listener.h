// SPDX-License-Identifier: BSL-1.0
#pragma once

// What both C twins begin with.

// Prints what failed and ends the program.
_Noreturn void die(const char *operation);

// Listens at a free port of the loopback; flags as for socket(2).
int listener_open(int flags, unsigned *port);

void no_delay(int peer);
