// SPDX-License-Identifier: BSL-1.0
#define _GNU_SOURCE
#include "listener.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

void die(const char *operation)
{
    perror(operation);
    exit(1);
}

int listener_open(int flags, unsigned *port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | flags, 0);
    if (listener == -1) die("socket");
    if (bind(listener, (struct sockaddr *)&address, length) == -1) die("bind");
    if (listen(listener, SOMAXCONN) == -1) die("listen");
    if (getsockname(listener, (struct sockaddr *)&address, &length) == -1) die("getsockname");
    *port = ntohs(address.sin_port);
    return listener;
}

void no_delay(int peer)
{
    int on = 1;
    if (setsockopt(peer, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) == -1) die("setsockopt");
}
