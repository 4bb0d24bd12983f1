#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""The TCP echo programs with each other, and with programs that know nothing of plumb."""

import os
import re
import resource
import socket
import subprocess
import tempfile
import threading
import time

from programs import Server, echoed, expect, folder, need, patience, receive_all, receive_exactly, reset, run, start

need("socat")
need("strace")
every_byte = bytes(range(256))
great = os.urandom(10 << 20)


def socat(place, said):
    return subprocess.run(["socat", "-t", "20", "-", f"TCP:{place}"], input=said, capture_output=True, timeout=patience).stdout


def echoed_while_writing(peer, message):
    """Writes and reads at once, ends its own half, and gives everything that came back."""
    def say():
        peer.sendall(message)
        peer.shutdown(socket.SHUT_WR)
    saying = threading.Thread(target=say)
    saying.start()
    heard = receive_all(peer)
    saying.join()
    return heard


with Server("tcp_echo_server") as server:
    expect("where it listens", server.place[0], "127.0.0.1")
    for said in (b"", b"x", b"no newline", every_byte, great):
        expect(f"socat, {len(said)} bytes", socat(server.text, said), said)
        code, out, err = run("tcp_echo_client", server.text, input=said)
        expect(f"our client, {len(said)} bytes", (code, out, err), (0, said, ""))
        with server.connect() as peer:
            expect(f"Python, {len(said)} bytes", echoed_while_writing(peer, said), said)

    # Five in turn: each is served when the one before has gone, and nothing of it stays.
    with server.connect() as first:
        expect("first", echoed(first, b"first"), b"first")
        before = server.descriptors()
    waiting = [server.connect() for _ in range(5)]
    for number, peer in enumerate(waiting):
        expect(f"client {number}", echoed(peer, every_byte * (number + 1)), every_byte * (number + 1))
        expect(f"descriptors with client {number}", server.descriptors(), before)
        peer.shutdown(socket.SHUT_WR)
        expect(f"the end for client {number}", receive_all(peer), b"")    # a leaked descriptor would keep it open
        peer.close()

    # A client that says all and only then reads: what it said is still answered.
    with server.connect() as peer:
        peer.sendall(b"all of it")
        peer.shutdown(socket.SHUT_WR)
        expect("half-close", receive_all(peer), b"all of it")

    # Clients that crash, before and in the middle of being served; the next one is served, and nobody spins.
    for said in (b"", b"something that is never read back", bytes(100_000)):
        peer = server.connect()
        peer.sendall(said)
        reset(peer)
        expect("after a reset", socat(server.text, b"still there"), b"still there")
    crowd = [server.connect() for _ in range(50)]
    for peer in crowd:
        reset(peer)    # most of them before they are accepted
    expect("after many resets", socat(server.text, b"still there"), b"still there")
    used = server.processor_seconds()
    with server.connect() as idle:
        expect("descriptors after all", echoed(idle, b".") and server.descriptors(), before)
        idle.settimeout(0.3)
        try:
            idle.recv(1)
            raise SystemExit("an echo of nothing")
        except TimeoutError:
            pass
        expect("an idle client costs nothing", server.processor_seconds() - used < 0.1, True)

# --clients ends it, resets counted, and says what went wrong on stderr alone.
with Server("tcp_echo_server", "--clients=5") as server:
    for number in range(5):
        peer = server.connect()
        expect("one of five", echoed(peer, b"five"), b"five")
        reset(peer) if number == 2 else peer.close()
    code, out, err = server.end()
    expect("five served", (code, out), (0, b""))
    expect("the one that broke", re.sub(r"\d+(?=: Conn)", "N", err), "tcp_echo_server: read 127.0.0.1:N: Connection reset by peer\n")

# A client that writes and never reads holds up the others only for a while.
with Server("tcp_echo_server", "--clients=2", "--patience=1") as server:
    greedy, following = server.connect(), server.connect()
    following.sendall(b"at last")
    following.shutdown(socket.SHUT_WR)
    try:
        while True:
            greedy.sendall(bytes(1 << 16))
    except (ConnectionResetError, BrokenPipeError):
        pass
    expect("the one behind it", receive_all(following), b"at last")
    greedy.close()
    following.close()
    code, out, err = server.end()
    expect("the greedy one", (code, bool(re.fullmatch(r"tcp_echo_server: write [\d.:]+: The deadline passed.*\n", err))), (0, True))

# No descriptor left: it waits without spinning, and goes on by itself when there is one.
with Server("tcp_echo_server", "--clients=2") as server:
    first, second = server.connect(), server.connect()
    expect("before", echoed(first, b"before"), b"before")
    soft, hard = resource.prlimit(server.pid, resource.RLIMIT_NOFILE)
    resource.prlimit(server.pid, resource.RLIMIT_NOFILE, (server.descriptors() - 1, hard))
    second.sendall(b"patience")
    used, started = server.processor_seconds(), time.monotonic()
    first.close()
    said = [server.process.stderr.readline().decode() for _ in range(8)]
    expect("what it says", set(said), {f"tcp_echo_server: accept {server.text}: Too many open files\n"})
    # Between eight tries are seven pauses: 5, 10, 20 … 320 ms.
    expect("it pauses", time.monotonic() - started >= 0.635, True)
    expect("it does not spin", server.processor_seconds() - used < 0.1, True)
    resource.prlimit(server.pid, resource.RLIMIT_NOFILE, (soft, hard))
    expect("it recovers", receive_exactly(second, 8), b"patience")
    second.close()
    expect("and ends", server.end()[:2], (0, b""))

# One receive and one send a round trip, and no other call to the network.
for count in (1, 20):
    record = tempfile.NamedTemporaryFile()
    traced = ["strace", "-qq", "-e", "trace=network,poll,ppoll,select,epoll_wait,fcntl,ioctl", "-o", record.name]
    without_leaks = os.environ | {"ASAN_OPTIONS": "detect_leaks=0"}    # which cannot be looked for under strace
    with Server("tcp_echo_server", "--clients=1", before=traced, env=without_leaks) as server:
        with server.connect() as peer:
            for _ in range(count):
                expect("traced", echoed(peer, every_byte), every_byte)
        expect("traced, at its end", server.end()[0], 0)
    calls = record.read().decode().splitlines()
    served = next(at for at, call in enumerate(calls) if call.startswith("accept4("))
    names = [call.partition("(")[0] for call in calls[served:]]
    expect(f"calls of {count} round trips", names, ["accept4"] + ["recvfrom", "sendto"] * count + ["recvfrom"])

# Names and IPv6, where the machine has it.
with Server("tcp_echo_server", "localhost:0") as server:
    expect("by name", run("tcp_echo_client", f"localhost:{server.place[1]}", input=b"by name"), (0, b"by name", ""))
if os.path.exists("/proc/net/if_inet6") and "lo" in open("/proc/net/if_inet6").read():
    with Server("tcp_echo_server", "[::1]:0") as server:
        expect("IPv6", (server.text.startswith("[::1]:"), socat(server.text, every_byte)), (True, every_byte))
        expect("IPv6 of our own", run("tcp_echo_client", server.text, input=every_byte), (0, every_byte, ""))

# At a terminal or a slow pipe the client answers line by line, not at the end.
with Server("tcp_echo_server") as server:
    with start("tcp_echo_client", server.text) as client:
        for line in (b"one\n", b"two\n", every_byte + b"\n"):
            client.stdin.write(line)
            client.stdin.flush()
            heard = client.stdout.read(len(line))
            expect("a line at a time", heard, line)
        client.stdin.close()
        expect("the end of input", (client.wait(patience), client.stderr.read()), (0, b""))

# Nobody reads what the client prints: an error, not death by a signal.
with Server("tcp_echo_server") as server:
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run([folder / "tcp_echo_client", server.text], input=b"lost\n", stdout=writer, stderr=subprocess.PIPE,
                          timeout=patience)
    os.close(writer)
    expect("a broken pipe", (done.returncode, done.stderr), (1, b"tcp_echo_client: write stdout: Broken pipe\n"))
    expect("the server does not mind", run("tcp_echo_client", server.text, input=b"next"), (0, b"next", ""))

print("the TCP echo programs behave")
