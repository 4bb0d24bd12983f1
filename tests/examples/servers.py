#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""The servers of many clients, seen from outside: by socat, by Python, in /proc, and under strace."""

import os
import pathlib
import re
import resource
import signal
import socket
import subprocess
import tempfile
import time

from programs import Server, echoed, eventually, expect, listening, need, patience, receive_all, reset, run, sanitized

need("socat")
every_byte = bytes(range(256))


def socat(place, said):
    return subprocess.run(["socat", "-t10", "-", f"TCP:{place}"], input=said, capture_output=True, timeout=patience).stdout


def children_of(pid):
    """The processes started by one, and the state of each."""
    found = {}
    for stat in pathlib.Path("/proc").glob("[0-9]*/stat"):
        try:
            number, _, rest = stat.read_text().partition(" (")
        except (FileNotFoundError, ProcessLookupError):
            continue
        state, parent = rest.rpartition(") ")[2].split()[:2]
        if int(parent) == pid:
            found[int(number)] = state
    return found


def sockets_of(pid):
    """How many sockets a process holds."""
    return sum(os.readlink(each).startswith("socket:") for each in pathlib.Path(f"/proc/{pid}/fd").iterdir())


def ended(server, how, *counts):
    """Waits for the end, and what the last line of stderr says of it."""
    code, out, err = server.end()
    last = err.splitlines()[-1].partition(": ")[2]
    expect("how it ended", (code, out, last), (0, b"", "%s: %d accepted, %d failed, %d crashed, %d cut" % (how, *counts)))
    return err.splitlines()[:-1]


# Each model with the same clients, which know no difference.
for model, name in (("sequential", "server_models"), ("forking", "server_models"), ("threaded", "server_models"),
                    ("evented", "server_models"),
                    ("forking", "forking_echo_server")):
    options = ["--model=" + model] if name == "server_models" else []
    with Server(name, *options) as server:
        expect("socat", socat(server.text, every_byte * 1000), every_byte * 1000)
        expect("our client", run("tcp_echo_client", server.text, input=b"our own\n"), (0, b"our own\n", ""))
        before = server.descriptors()
        with server.connect() as first, server.connect() as second:
            expect("first", echoed(first, b"first"), b"first")
            if model != "sequential":
                expect("second beside the first", echoed(second, b"second"), b"second")
                expect("first again", echoed(first, b"first"), b"first")
            eventually("a process each", lambda: len(children_of(server.pid)) == (2 if model == "forking" else 0))
        broken = server.connect()
        broken.sendall(b"lost")
        reset(broken)
        expect("after a reset", socat(server.text, b"still there"), b"still there")
        eventually("all are collected", lambda: not children_of(server.pid))
        eventually("all is closed", lambda: server.descriptors() <= before)
        used = server.processor_seconds()
        time.sleep(0.2)
        expect("waiting costs nothing", server.processor_seconds() - used < 0.05, True)
        os.kill(server.pid, signal.SIGTERM)
        code, out, err = server.end()
        said = f"{name}: {model} stopped: " if name == "server_models" else f"{name}: stopped: "
        expect("it was told", (code, out, err.splitlines()[-1].startswith(said + "6 accepted, ")), (0, b"", True))

# A child that crashes takes its own client down and nobody else; it is told of.
with Server("forking_echo_server") as server:
    with server.connect() as victim, server.connect() as other:
        expect("victim", echoed(victim, b"x"), b"x")
        expect("other", echoed(other, b"x"), b"x")
        os.kill(min(children_of(server.pid)), signal.SIGSEGV)
        expect("its client sees the end", victim.recv(1), b"")
        expect("the other does not", echoed(other, b"y"), b"y")
    eventually("both are collected", lambda: not children_of(server.pid))
    os.kill(server.pid, signal.SIGINT)
    lines = ended(server, "stopped", 2, 0, 1, 0)
    expect("the crash", re.sub(r" \(.*", "", lines[0]), "forking_echo_server: crashed: ended by SIGSEGV")

# After kill the clients that are there may go on, new ones are not served, and who stays too long is cut.
for model in ("forking", "threaded"):
    name, options = ("forking_echo_server", ["--drain=1"]) if model == "forking" else ("server_models", ["--model=threaded"])
    with Server(name, *options) as server:
        with server.connect() as quick, server.connect() as idle:
            expect("before", echoed(quick, b"a") + echoed(idle, b"b"), b"ab")
            os.kill(server.pid, signal.SIGTERM)
            expect("after", echoed(quick, every_byte), every_byte)
            quick.shutdown(socket.SHUT_WR)
            expect("its end", receive_all(quick), b"")
            if model == "forking":
                expect("the idle one is cut", receive_all(idle), b"")
            else:
                idle.close()
        expect("ended", server.end()[0], 0)

# No descriptor left: it waits without spinning, and goes on by itself. (io_uring goes by the limit of the moment when it was asked
# to accept, so the event-driven model cannot be starved from outside.)
for name, *options in (("forking_echo_server",), ("server_models", "--model=threaded"), ("server_models",)):
    with Server(name, *options, "--clients=2") as server:
        with server.connect() as first:
            expect("before", echoed(first, b"before"), b"before")
        eventually("it is gone", lambda: not children_of(server.pid) and sockets_of(server.pid) == 1)
        soft, hard = resource.prlimit(server.pid, resource.RLIMIT_NOFILE)
        held = set(map(int, os.listdir(f"/proc/{server.pid}/fd")))
        resource.prlimit(server.pid, resource.RLIMIT_NOFILE, (min(set(range(100)) - held), hard))
        used, started = server.processor_seconds(), time.monotonic()
        with server.connect() as starved:
            starved.sendall(b"patience")
            said = [server.process.stderr.readline().decode() for _ in range(7)]
            expect("what it says", {line.partition(": ")[2] for line in said},
                   {"starved: accept: Too many open files (0 running, 1 accepted)\n"})
            expect("it pauses", time.monotonic() - started >= 0.315, True)
            expect("it does not spin", server.processor_seconds() - used <= 0.05, True)
            resource.prlimit(server.pid, resource.RLIMIT_NOFILE, (soft, hard))
            expect("it recovers", starved.recv(8), b"patience")
        expect("ended", server.end()[0], 0)

# Hundreds of connections that break at once: none is lost, none is left, and the next one is served.
many = 50 if sanitized else 500
for name, *options in (("server_models",), ("server_models", "--model=threaded"), ("server_models", "--model=evented"),
                       ("forking_echo_server",)):
    with Server(name, *options, f"--clients={many + 1}") as server:
        for number in range(many):
            broken = server.connect()
            if number % 2:
                broken.sendall(b"lost")
            reset(broken)
        with server.connect() as peer:
            expect("the next one", echoed(peer, b"here"), b"here")
            eventually("none is left", lambda: len(children_of(server.pid)) <= 1 and sockets_of(server.pid) <= 2)
        code, out, err = server.end()
        expect("all were served", (code, re.sub(r"\d+ failed", "N failed", err.splitlines()[-1].rpartition(": ")[2])),
               (0, f"{many + 1} accepted, N failed, 0 crashed, 0 cut"))

# A kernel without pidfds is served as well.
need("strace")
without_leaks = os.environ | {"ASAN_OPTIONS": "detect_leaks=0"}
with Server("forking_echo_server", "--clients=3", before=["strace", "-qq", "-o", os.devnull, "-e", "trace=pidfd_open", "-e",
            "inject=pidfd_open:error=ENOSYS"], env=without_leaks) as server:
    for _ in range(3):
        expect("socat", socat(server.text, every_byte), every_byte)
    ended(server, "served all", 3, 0, 0, 0)

# What clients say is in the file: of one client byte for byte, of several each one's in its order, and whole pieces.
with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, "heard")
    with Server("storing_echo_server", path) as server:
        expect("socat", socat(server.text, every_byte * 1000), every_byte * 1000)
        expect("socat again", socat(server.text, b"the end"), b"the end")
        os.kill(server.pid, signal.SIGTERM)
        ended(server, "stopped", 2, 0, 0, 0)
        expect("the file", pathlib.Path(path).read_bytes(), every_byte * 1000 + b"the end")

    with Server("storing_echo_server", "--drain=1", path) as server:
        peers = [server.connect() for _ in range(8)]
        sent = {number: b"" for number in range(8)}
        for turn in range(40):
            for number, peer in enumerate(peers):
                piece = bytes([65 + number]) * (1 + (turn * 37 + number * 101) % 4096)
                expect("a piece", echoed(peer, piece), piece)
                sent[number] += piece
        for peer in peers[:4]:
            peer.shutdown(socket.SHUT_WR)
            expect("its end", receive_all(peer), b"")
        os.kill(server.pid, signal.SIGTERM)    # four are still there; two of them say more, and two do nothing any more
        for number in (4, 5):
            expect("more", echoed(peers[number], b"%c" % (65 + number)), b"%c" % (65 + number))
            sent[number] += b"%c" % (65 + number)
            peers[number].shutdown(socket.SHUT_WR)
            expect("its end", receive_all(peers[number]), b"")
        for peer in peers:
            expect("the end", receive_all(peer), b"")
            peer.close()
        ended(server, "stopped", 8, 0, 2, 2)
        heard = pathlib.Path(path).read_bytes()
        for number in range(8):
            expect(f"what client {number} said", heard.count(bytes([65 + number])), len(sent[number]))
        expect("nothing else", len(heard), sum(map(len, sent.values())))

    # Of several that write at once nothing is lost, and nothing is made up.
    with Server("storing_echo_server", path) as server:
        writers = [subprocess.Popen(["socat", "-t10", "-b4096", "-", f"TCP:{server.text}"], stdin=subprocess.PIPE,
                                    stdout=subprocess.DEVNULL) for _ in range(4)]
        for number, writer in enumerate(writers):
            writer.stdin.write(bytes([97 + number]) * 1_000_000)
            writer.stdin.close()
        for writer in writers:
            expect("socat", writer.wait(patience), 0)
        os.kill(server.pid, signal.SIGTERM)
        ended(server, "stopped", 4, 0, 0, 0)
        heard = pathlib.Path(path).read_bytes()
        expect("all of it", {each: heard.count(each) for each in b"abcd"}, {each: 1_000_000 for each in b"abcd"})

    # When nobody can store any more, the first client that this fails for is the last one, and the server says so.
    with Server("storing_echo_server", "/dev/full") as server:
        with server.connect() as peer:
            try:
                while True:
                    echoed(peer, b"lost")
            except (SystemExit, ConnectionError):
                pass
        code, out, err = server.end()
        expect("a full disk", (code, out, err.splitlines()[-1]),
               (1, b"", "storing_echo_server: the storing process exited with 1"))
        expect("and why", "copy: No space left on device" in err, True)
    expect("no such place", run("storing_echo_server", "/no/such"),
           (1, b"", "storing_echo_server: open /no/such: No such file or directory\n"))
    with listening() as (taken, place):
        started = time.monotonic()
        expect("a place that is taken", run("storing_echo_server", path, place),
               (1, b"", f"storing_echo_server: bind {place}: Address already in use\n"))
        expect("at once", time.monotonic() - started < 3, True)    # nothing is left that would have to be waited for

expect("same_words", run("same_words"), (0, b"a connection: 2 lines\na pipe: 3 lines\na program: 4 lines\n", ""))
print("the servers behave")
