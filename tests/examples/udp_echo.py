#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""The UDP echo programs with each other, with socat and Python, and where messages get lost."""

import os
import re
import socket
import subprocess
import threading
import time

from programs import Server, expect, listening, need, patience, run, start

need("socat")


def datagrams():
    ours = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    ours.settimeout(patience)
    return ours


with Server("udp_echo_server") as server, datagrams() as ours, datagrams() as other:
    # Boundaries are kept, an empty message is one, and the longest fits.
    for said in (b"x", b"", bytes(range(256)), os.urandom(65507)):
        ours.sendto(said, server.place)
        expect(f"{len(said)} bytes", ours.recvfrom(1 << 16), (said, server.place))
    before = server.descriptors()
    ours.sendto(b"mine", server.place)
    other.sendto(b"theirs", server.place)
    expect("to each its own", (ours.recv(100), other.recv(100)), (b"mine", b"theirs"))
    ours.sendto(b"one", server.place)
    ours.sendto(b"two", server.place)
    expect("two messages", (ours.recv(100), ours.recv(100)), (b"one", b"two"))

    # One who has gone when the answer comes does not end the server.
    with datagrams() as gone:
        gone.sendto(b"x" * 60000, server.place)
    done = subprocess.run(["socat", "-t", "2", "-", f"UDP:{server.text}"], input=b"hello", capture_output=True, timeout=patience)
    expect("socat", done.stdout, b"hello")
    expect("descriptors", server.descriptors(), before)

    lines = b"first\n\nlast, not ended"
    expect("our client", run("udp_echo_client", server.text, input=lines), (0, b"first\n\nlast, not ended\n", ""))
    expect("bytes", run("udp_echo_client", server.text, input=bytes(range(11, 256)) + b"\n"),
           (0, bytes(range(11, 256)) + b"\n", ""))
    for end in (b"q\n", b"Q\n", b"q", b""):
        expect(f"ends with {end}", run("udp_echo_client", server.text, input=b"a\n" + end + (b"never said\n" if b"\n" in end else b"")),
               (0, b"a\n", ""))
    longest = b"l" * 65507 + b"\n"
    expect("the longest", run("udp_echo_client", server.text, input=longest), (0, longest, ""))
    code, out, err = run("udp_echo_client", server.text, input=b"l" * 65508 + b"\nnext\n")
    expect("too long", (code, out, err), (1, b"next\n", f"udp_echo_client: send {server.text}: Message too long\n"
                                                        "udp_echo_client: answers missing: 1\n"))

    # A person gets each answer before the next line is typed.
    with start("udp_echo_client", server.text) as client:
        for line in (b"one\n", b"two\n"):
            client.stdin.write(line)
            client.stdin.flush()
            expect("a line at a time", client.stdout.readline(), line)
        client.stdin.write(b"Q\n")
        client.stdin.flush()
        expect("Q ends it", client.wait(patience), 0)

with Server("udp_echo_server", "--messages=2") as server, datagrams() as ours:
    for said in (b"", b"last"):
        ours.sendto(said, server.place)
        expect("counted", ours.recv(100), said)
    expect("--messages", server.end(), (0, b"", ""))

# Nobody answers: it says so after its timeout, and goes on.
with listening(socket.SOCK_DGRAM) as (silent, place):
    started = time.monotonic()
    expect("lost", run("udp_echo_client", "--timeout=150", place, input=b"a\nb\n"),
           (1, b"", f"udp_echo_client: receive {place}: The deadline passed\n" * 2 + "udp_echo_client: answers missing: 2\n"))
    expect("as long as it says", 0.3 <= time.monotonic() - started < 5, True)
    expect("both were sent", (silent.recv(10), silent.recv(10)), (b"a", b"b"))

# Nobody is there: the machine says so, and the socket lives on.
code, out, err = run("udp_echo_client", "--timeout=2000", place, input=b"a\nb\n")
expect("refused", (code, out), (1, b""))
expect("the reasons", bool(re.fullmatch(r"(udp_echo_client: (send|receive) [\d.:]+: Connection refused\n){2}"
                                        r"udp_echo_client: answers missing: 2\n", err)), True)

# A server that loses the first message, and answers it late: with the second. A stranger's answer is not heard at all.
with listening(socket.SOCK_DGRAM) as (ours, place), datagrams() as stranger:
    went_well = []

    def serve():
        first, client = ours.recvfrom(100)
        stranger.sendto(first, client)
        second, _ = ours.recvfrom(100)
        ours.sendto(first, client)
        ours.sendto(second, client)
        went_well.append((first, second))
    serving = threading.Thread(target=serve)
    serving.start()
    expect("late", run("udp_echo_client", "--timeout=200", place, input=b"first\nsecond\n"),
           (1, b"second\n", f"udp_echo_client: receive {place}: The deadline passed\nudp_echo_client: answers missing: 1\n"))
    serving.join()
    expect("the server's side", went_well, [(b"first", b"second")])

print("the UDP echo programs behave")
