// SPDX-License-Identifier: BSL-1.0
// The README's echo server in plain C.
#define _GNU_SOURCE
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

static void die(const char *operation)
{
    perror(operation);
    exit(1);
}

int main(void)
{
    int server = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(7777), .sin_addr.s_addr = htonl(INADDR_ANY)};
    if (server == -1) die("socket");
    if (setsockopt(server, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == -1) die("setsockopt");
    if (bind(server, (struct sockaddr *)&address, sizeof address) == -1) die("bind");
    if (listen(server, SOMAXCONN) == -1) die("listen");
    for (;;) {
        int peer = accept4(server, NULL, NULL, SOCK_CLOEXEC);
        if (peer == -1) {
            if (errno == EINTR || errno == ECONNABORTED) continue;
            die("accept");
        }
        char buffer[4096];
        for (;;) {
            ssize_t size = recv(peer, buffer, sizeof buffer, 0);
            if (size <= 0) {
                if (size == 0) break;
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
        close(peer);
    }
}
