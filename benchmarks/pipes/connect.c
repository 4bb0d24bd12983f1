// SPDX-License-Identifier: BSL-1.0
#define _GNU_SOURCE
#include "../support/echo/client.h"

#include "ends.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static void die(const char *operation)
{
    perror(operation);
    exit(1);
}

static const char *name_of(char *room, size_t size, const char *path, const char *which)
{
    snprintf(room, size, "%s.%s", path, which);
    return room;
}

void make_pipes(const char *path)
{
    char name[4096];
    if (mkfifo(name_of(name, sizeof name, path, "to"), 0600) == -1) die("mkfifo");
    if (mkfifo(name_of(name, sizeof name, path, "from"), 0600) == -1) die("mkfifo");
}

int open_pipe(const char *path, const char *which, int flags)
{
    char name[4096];
    int made = open(name_of(name, sizeof name, path, which), flags | O_CLOEXEC);
    if (made == -1) die("open");
    return made;
}

struct client_ends client_connect(int protocol, unsigned port, const char *path)
{
    (void)protocol, (void)port;
    int to = open_pipe(path, "to", O_WRONLY);
    return (struct client_ends){to, open_pipe(path, "from", O_RDONLY)};
}

void client_end(int protocol, struct client_ends server)
{
    (void)protocol;
    close(server.to);
    close(server.from);
}
