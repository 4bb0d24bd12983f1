#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""A server restarts at its port while the port is in TIME_WAIT: in one program, in two runs, and as the echo server."""

import errno
import pathlib
import re
import socket

from programs import Server, echoed, eventually, expect, run


def waiting(port):
    """How many connections of a local port are in TIME_WAIT, by the kernel's own table, which may tell of one twice."""
    rows = [line.split() for line in pathlib.Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return len({(row[1], row[2]) for row in rows if row[1].endswith(":%04X" % port) and row[3] == "06"})


def shown(place, before):
    return (f"listening on {place}\nthe client heard: goodbye\nconnections in TIME_WAIT at this port: {before + 1}\n"
            "without SO_REUSEADDR: bind: Address already in use\nthe client heard: goodbye\nwith it: served again at once\n")


code, out, err = run("restart_at_once")
expect("the first run", (code, err), (0, ""))
place = re.match(r"listening on (\S+)\n", out.decode())[1]
port = int(place.rpartition(":")[2])
expect("what it shows", out.decode(), shown(place, 0))
expect("as the kernel sees it", waiting(port), 2)
code, out, err = run("restart_at_once", place)
expect("the second run", (code, out.decode(), err), (0, shown(place, 2), ""))
expect("as the kernel sees that", waiting(port), 4)

# The same port without the option, by a program that is not ours.
with socket.socket() as plain:
    try:
        plain.bind(("127.0.0.1", port))
        raise SystemExit("the port was free all along")
    except OSError as refused:
        expect("why not", refused.errno, errno.EADDRINUSE)

# A server that is killed with a client closes first: its successor takes the port while that still waits.
with Server("tcp_echo_server") as server:
    peer = server.connect()
    expect("the old one", echoed(peer, b"old"), b"old")
    server.process.kill()
    expect("its end", peer.recv(1), b"")
    peer.close()
    eventually("TIME_WAIT", lambda: waiting(server.place[1]) == 1)
    with Server("tcp_echo_server", server.text) as successor, successor.connect() as peer:
        expect("the new one", echoed(peer, b"new"), b"new")
        expect("still waiting", waiting(server.place[1]), 1)

print("restarted at once")
