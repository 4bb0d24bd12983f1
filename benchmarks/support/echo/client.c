// SPDX-License-Identifier: BSL-1.0
#define _GNU_SOURCE
#include "client.h"

#include "subject.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

bool client_trips(struct client_ends server, size_t size, long trips)
{
    static _Thread_local char sent[echo_room], back[echo_room];
    static _Thread_local uint64_t number;
    for (; trips > 0; --trips) {
        ++number;
        memcpy(sent, &number, sizeof number);    // every message is another one, at both ends
        memcpy(sent + size - sizeof number, &number, sizeof number);
        for (size_t done = 0; done < size;) {
            ssize_t count = write(server.to, sent + done, size - done);
            if (count == -1 && errno == EINTR) continue;
            if (count == -1) return false;
            done += (size_t)count;
        }
        for (size_t done = 0; done < size;) {
            ssize_t count = read(server.from, back + done, size - done);
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
