// SPDX-License-Identifier: BSL-1.0
#define _GNU_SOURCE
#include "client.h"

#include "subject.h"

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

int client_connect(enum echo_protocol protocol, unsigned port, const char *path)
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
    return made;
}

bool client_trips(int server, size_t size, long trips)
{
    static _Thread_local char sent[echo_room], back[echo_room];
    static _Thread_local uint64_t number;
    for (; trips > 0; --trips) {
        ++number;
        memcpy(sent, &number, sizeof number);    // every message is another one, at both ends
        memcpy(sent + size - sizeof number, &number, sizeof number);
        for (size_t done = 0; done < size;) {
            ssize_t count = send(server, sent + done, size - done, MSG_NOSIGNAL);
            if (count == -1 && errno == EINTR) continue;
            if (count == -1) return false;
            done += (size_t)count;
        }
        for (size_t done = 0; done < size;) {
            ssize_t count = recv(server, back + done, size - done, 0);
            if (count == -1 && errno == EINTR) continue;
            if (count == -1) return false;
            if (count == 0) return errno = ECONNRESET, false;
            done += (size_t)count;
        }
        if (memcmp(sent, back, sizeof number) || memcmp(sent + size - sizeof number, back + size - sizeof number, sizeof number))
            return errno = EBADMSG, false;
    }
    return true;
}

void client_end(enum echo_protocol protocol, int server)
{
    if (protocol == echo_udp && send(server, "", 0, MSG_NOSIGNAL) == -1) die("send");
    close(server);
}
