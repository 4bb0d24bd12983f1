// SPDX-License-Identifier: BSL-1.0
// The twin: the echo servers in plain C, as good and as safe as C gets. No signal kills them, none interrupts them, short
// writes are finished, and a message that was cut is seen.

#define _GNU_SOURCE
#include "subjects.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static void die(const char *operation)
{
    perror(operation);
    exit(1);
}

static void echo_stream(int peer)
{
    char buffer[echo_room];
    for (;;) {
        ssize_t size = recv(peer, buffer, sizeof buffer, 0);
        if (size <= 0) {
            if (size == 0) return;
            if (errno == EINTR) continue;
            die("recv");
        }
        const char *next = buffer;
        for (size_t left = (size_t)size; left > 0;) {
            ssize_t sent = send(peer, next, left, MSG_NOSIGNAL);
            if (sent == -1) {
                if (errno == EINTR) continue;
                die("send");
            }
            next += sent;
            left -= (size_t)sent;
        }
    }
}

static void echo_messages(int messages)
{
    char buffer[echo_room];
    for (;;) {
        struct sockaddr_in6 sender;
        socklen_t length = sizeof sender;
        ssize_t size = recvfrom(messages, buffer, sizeof buffer, MSG_TRUNC, (struct sockaddr *)&sender, &length);
        if (size <= 0) {
            if (size == 0) return;
            if (errno == EINTR) continue;
            die("recvfrom");
        }
        if ((size_t)size > sizeof buffer) size = sizeof buffer;
        while (sendto(messages, buffer, (size_t)size, MSG_NOSIGNAL, (struct sockaddr *)&sender, length) == -1)
            if (errno != EINTR) die("sendto");
    }
}

static int bound(int type, const void *address, socklen_t length)
{
    int made = socket(((const struct sockaddr *)address)->sa_family, type | SOCK_CLOEXEC, 0);
    if (made == -1) die("socket");
    if (bind(made, address, length) == -1) die("bind");
    return made;
}

static int bound_to_loopback(int type)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    return bound(type, &address, sizeof address);
}

static unsigned port_of(int made)
{
    struct sockaddr_in address;
    socklen_t length = sizeof address;
    if (getsockname(made, (struct sockaddr *)&address, &length) == -1) die("getsockname");
    return ntohs(address.sin_port);
}

static void serve_one(int listener, echo_ready ready, unsigned port)
{
    if (listen(listener, SOMAXCONN) == -1) die("listen");
    ready(port);
    int peer;
    while ((peer = accept4(listener, NULL, NULL, SOCK_CLOEXEC)) == -1)
        if (errno != EINTR) die("accept");
    echo_stream(peer);
    close(peer);
    close(listener);
}

static void tcp(echo_ready ready, const char *path)
{
    (void)path;
    int listener = bound_to_loopback(SOCK_STREAM);
    serve_one(listener, ready, port_of(listener));
}

static void udp(echo_ready ready, const char *path)
{
    (void)path;
    int messages = bound_to_loopback(SOCK_DGRAM);
    ready(port_of(messages));
    echo_messages(messages);
    close(messages);
}

static void local(echo_ready ready, const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof address.sun_path) {
        errno = ENAMETOOLONG;
        die("bind");
    }
    strcpy(address.sun_path, path);
    serve_one(bound(SOCK_STREAM, &address, sizeof address), ready, 0);
}

const struct echo_subject subject_c = {"C", {tcp, udp, local}};
