#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""The forwarder passes on what is said, each end, and each break, in both directions."""

import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time

from programs import Server, eventually, expect, listening, need, patience, receive_all, receive_exactly, reset, run

need("socat")
if len(sys.argv) == 1:    # once for each way to serve
    sys.exit(max(subprocess.run([sys.executable, __file__, *way]).returncode for way in (["threaded"], ["evented"])))
way = ["--evented"] if sys.argv[1] == "evented" else []
every_byte = bytes(range(256))
great = every_byte * 20_000    # more than all buffers between take


def is_reset(peer):
    """Whether a connection ends by a reset, as one that broke does."""
    try:
        receive_all(peer)
        return False
    except ConnectionResetError:
        return True


def is_refused(server):
    """Whether a connection through the forwarder breaks, be it before it is known to have been made."""
    try:
        with server.connect() as near:
            return is_reset(near)
    except ConnectionResetError:
        return True


def failure(server):
    """What the next line of stderr says has failed."""
    line = server.process.stderr.readline().decode()
    return re.sub(r" \(\d+ running, \d+ accepted\)\n", "", line).removeprefix("forward: failed: ")


# socat on both sides: one says all and then hears the answer; the other hears all, and then answers.
with listening() as (ours, place):
    target = place[place.rindex(":"):]
with subprocess.Popen(["socat", f"TCP-LISTEN{target},reuseaddr,bind=127.0.0.1,fork", "EXEC:sort"], stderr=subprocess.DEVNULL) as far:
    def is_there():
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", int(target[1:]))) == 0
    eventually("socat listens", is_there)
    with Server("forward", *way, "127.0.0.1:0", "127.0.0.1" + target) as server:
        words = b"".join(b"%d\n" % (n * 7919 % 10_000) for n in range(10_000))
        near = subprocess.run(["socat", "-t10", "-", f"TCP:{server.text}"], input=words, capture_output=True, timeout=patience)
        expect("sorted over there", near.stdout, b"".join(line + b"\n" for line in sorted(words.split())))
    far.terminate()

with listening() as (ours, place), Server("forward", *way, "127.0.0.1:0", place) as server:
    def connection():
        near = server.connect()
        far, _ = ours.accept()
        far.settimeout(patience)
        return near, far

    # Both ways at once, more than fits between.
    near, far = connection()
    before = server.descriptors()
    heard = {}
    hearing = [threading.Thread(target=lambda name, end: heard.update({name: receive_all(end)}), args=each)
               for each in (("near", near), ("far", far))]
    saying = [threading.Thread(target=lambda end: (end.sendall(great), end.shutdown(socket.SHUT_WR)), args=(end,)) for end in (near, far)]
    for thread in hearing + saying:
        thread.start()
    for thread in hearing + saying:
        thread.join(patience)
    expect("near heard", heard["near"], great)
    expect("far heard", heard["far"], great)
    near.close(), far.close()

    # Half-close from each side: the other still answers, as long as it likes.
    for turned in (False, True):
        first, second = reversed(connection()) if turned else connection()
        first.sendall(b"all of it")
        first.shutdown(socket.SHUT_WR)
        expect("what was said", receive_all(second), b"all of it")
        time.sleep(0.1)
        second.sendall(every_byte)
        expect("an answer after the end", receive_exactly(first, 256), every_byte)
        second.sendall(b"more")
        second.close()
        expect("and its end", receive_all(first), b"more")
        first.close()

    # A crash on one side is one on the other, in the middle of whatever is going on.
    for turned in (False, True):
        for busy in (False, True):
            first, second = reversed(connection()) if turned else connection()
            first.sendall(b"partly")
            expect("before", receive_exactly(second, 6), b"partly")
            if busy:    # what the other side sends is not taken, so the forwarder waits for the one that crashes
                second.setblocking(False)
                try:
                    while True:
                        second.send(great)
                except BlockingIOError:
                    second.settimeout(patience)
            reset(first)
            expect("a reset is passed on", is_reset(second), True)
            second.close()
            expect("it is told", failure(server) in ("copy: Connection reset by peer", "copy: Broken pipe"), True)
    eventually("everything is closed", lambda: server.descriptors() <= before - 2)    # near and far

    # An idle one costs nothing, and a stop ends it.
    near, far = connection()
    used = server.processor_seconds()
    time.sleep(0.2)
    expect("idle", server.processor_seconds() - used < 0.05, True)
    near.shutdown(socket.SHUT_WR), far.shutdown(socket.SHUT_WR)
    expect("its ends", receive_all(near) + receive_all(far), b"")
    near.close(), far.close()
    os.kill(server.pid, signal.SIGTERM)
    code, out, err = server.end()
    expect("it ends", (code, out, err.splitlines()[-1]), (0, b"", "forward: stopped: 8 accepted, 4 failed, 0 crashed, 0 cut"))

# A target that refuses, one that is not there, one that does not answer: the client sees a break, and the next one is served.
with listening() as (ours, place):
    pass
with Server("forward", *way, "127.0.0.1:0", place) as server:
    for _ in range(2):
        expect("refused", is_refused(server), True)
        expect("why", failure(server), "connect: Connection refused")
with Server("forward", *way, "127.0.0.1:0", "no..host:1") as server:
    expect("no such host", is_refused(server), True)
    expect("why not", failure(server), "resolve: Not a valid host name")
with socket.socket() as full:
    full.bind(("127.0.0.1", 0))
    full.listen(0)
    place = "127.0.0.1:%d" % full.getsockname()[1]
    with socket.create_connection(full.getsockname()), Server("forward", *way, "--patience=1", "127.0.0.1:0", place) as server:
        started = time.monotonic()
        expect("no answer", is_refused(server), True)
        expect("after a while", 0.9 < time.monotonic() - started < 5, True)
        expect("which it tells", failure(server), "connect: The deadline passed")

# What neither says anything more nor ends is cut once the drain has passed, on both sides.
with listening() as (ours, place), Server("forward", *way, "--drain=1", "127.0.0.1:0", place) as server, server.connect() as near:
    far, _ = ours.accept()
    near.sendall(b"partly")
    expect("before", receive_exactly(far, 6), b"partly")
    os.kill(server.pid, signal.SIGTERM)
    expect("it ends", server.end()[0], 0)
    is_reset(far)    # or it has ended: there too nothing is left
    far.close()

# Nor does a target that does not answer keep it.
with socket.socket() as full:
    full.bind(("127.0.0.1", 0))
    full.listen(0)
    place = "127.0.0.1:%d" % full.getsockname()[1]
    with socket.create_connection(full.getsockname()), Server("forward", *way, "--drain=1", "127.0.0.1:0", place) as server, \
            server.connect():
        eventually("it tries", lambda: server.descriptors() >= 8)
        os.kill(server.pid, signal.SIGTERM)
        started = time.monotonic()
        expect("it ends", server.end()[0], 0)
        expect("before its patience does", time.monotonic() - started < 8, True)

with listening() as (taken, place):
    expect("a place that is taken", run("forward", *way, place, "127.0.0.1:1"), (1, b"", f"forward: bind {place}: Address already in use\n"))

print(f"the forwarder behaves, {sys.argv[1]}")
