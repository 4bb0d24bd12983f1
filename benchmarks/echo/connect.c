// SPDX-License-Identifier: BSL-1.0
#define _GNU_SOURCE
#include "../support/echo/client.h"

#include "subjects.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

static void die(const char *operation)
{
    perror(operation);
    exit(1);
}

struct client_ends client_connect(int protocol, unsigned port, const char *path)
{
    struct sockaddr_in in = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct sockaddr_un un = {.sun_family = AF_UNIX};
    if (protocol == echo_local) strncpy(un.sun_path, path, sizeof un.sun_path - 1);
    int made = socket(protocol == echo_local ? AF_UNIX : AF_INET, protocol == echo_udp ? SOCK_DGRAM | SOCK_CLOEXEC : SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (made == -1) die("socket");
    struct timeval patience = {.tv_sec = 20};    // a lost message is an error, not a benchmark that hangs
    if (setsockopt(made, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience) == -1) die("setsockopt");
    int on = 1;
    if (protocol == echo_tcp && setsockopt(made, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) == -1) die("setsockopt");
    const struct sockaddr *to = protocol == echo_local ? (struct sockaddr *)&un : (struct sockaddr *)&in;
    if (connect(made, to, protocol == echo_local ? sizeof un : sizeof in) == -1) die("connect");
    return (struct client_ends){made, made};
}

void client_end(int protocol, struct client_ends server)
{
    if (protocol == echo_udp && send(server.to, "", 0, MSG_NOSIGNAL) == -1) die("send");
    close(server.to);
}
