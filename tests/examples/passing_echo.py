#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""The echo server whose connections are passed to workers: who holds them, who waits, and how it ends."""

import os
import pathlib
import signal
import socket

from programs import Server, echoed, eventually, expect, receive_all

every_byte = bytes(range(256))


def children_of(pid):
    return [int(each) for each in pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def sockets_of(pid):
    return sum(os.readlink(each).startswith("socket:") for each in pathlib.Path(f"/proc/{pid}/fd").iterdir())


with Server("passing_echo_server", "--workers=2", "--drain=1") as server:
    eventually("the workers are there", lambda: len(children_of(server.pid)) == 2)
    workers = children_of(server.pid)
    eventually("each holds the way to it alone", lambda: [sockets_of(each) for each in workers] == [1, 1])
    idle = server.descriptors()
    with server.connect() as first, server.connect() as second:
        expect("first", echoed(first, every_byte), every_byte)
        expect("second beside the first", echoed(second, every_byte), every_byte)
        expect("a worker each", [sockets_of(each) for each in workers], [2, 2])
        eventually("the server holds none of them", lambda: server.descriptors() == idle)
        with server.connect() as third:
            third.sendall(b"patience")
            third.settimeout(0.2)
            try:
                expect("the third waits", third.recv(1), None)
            except TimeoutError:
                third.settimeout(30)
            first.shutdown(socket.SHUT_WR)
            expect("the end of the first", receive_all(first), b"")    # a descriptor left in the server would keep it open
            expect("then it is served", third.recv(8), b"patience")
    for _ in range(50):
        with server.connect() as peer:
            expect("the same workers again", echoed(peer, b"again"), b"again")
    expect("the workers", children_of(server.pid), workers)
    eventually("nothing was left", lambda: server.descriptors() == idle)
    with server.connect() as quick, server.connect() as slow:
        expect("before", echoed(quick, b"a") + echoed(slow, b"b"), b"ab")
        os.kill(server.pid, signal.SIGTERM)
        expect("after", echoed(quick, every_byte), every_byte)
        quick.shutdown(socket.SHUT_WR)
        expect("its end", receive_all(quick), b"")
        expect("who stays is cut", receive_all(slow), b"")
    expect("ended", server.end(), (0, b"", ""))
    eventually("no worker is left", lambda: not any(pathlib.Path(f"/proc/{each}").exists() for each in workers))

with Server("passing_echo_server", "--clients=3", "--workers=1") as server:
    for _ in range(3):
        with server.connect() as peer:
            expect("echo", echoed(peer, b"x"), b"x")
    expect("ended by itself", server.end(), (0, b"", ""))
print("connections are passed")
