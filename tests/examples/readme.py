#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""The programs that the README shows, in a network of their own, since the port of the servers is fixed."""

import contextlib
import os
import pathlib
import re
import socket
import subprocess
import sys
import tempfile

from programs import echoed, eventually, expect, folder, listening, patience, receive_all, skip

if "INSIDE" not in os.environ:
    inside = ["unshare", "--net", "--map-root-user", "sh", "-c", 'ip link set lo up || exit 77; exec "$@"', "sh"]
    done = subprocess.run([*inside, sys.executable, __file__], env=os.environ | {"INSIDE": "yes"}, capture_output=True, text=True)
    if done.returncode == 77 or "unshare:" in done.stderr:
        skip("needs a network namespace of its own; " + done.stderr.strip())
    print(done.stdout, done.stderr, sep="", end="")
    sys.exit(done.returncode)


listening_state, bound_state = "0A", "07"    # TCP_LISTEN, TCP_CLOSE: include/net/tcp_states.h


@contextlib.contextmanager
def serving(name, table, state):
    """Runs a server until the end of the block, from when its socket at port 7777 is in that state."""
    with subprocess.Popen([folder / name], stderr=subprocess.PIPE) as server:
        try:
            eventually(f"{name} serves", lambda: re.search(rf":1E61 \w+:\w+ {state} ", open(f"/proc/net/{table}").read()))
            yield
        finally:
            server.kill()


# The TCP server: bytes come back, to one after the other.
with serving("readme_echo", "tcp", listening_state):
    for message in (b"hello", bytes(range(256)) * 100):
        with socket.create_connection(("127.0.0.1", 7777), timeout=patience) as peer:
            expect("TCP", echoed(peer, message), message)

    # It is the shortest server, not the most patient one: a second of its kind says why it cannot start.
    second = subprocess.run([folder / "readme_echo"], stderr=subprocess.PIPE, timeout=patience)
    expect("its last words", "bind: Address already in use" in second.stderr.decode(), True)

# The event-driven one: to all at once.
with serving("readme_evented", "tcp", listening_state):
    peers = [socket.create_connection(("127.0.0.1", 7777), timeout=patience) for _ in range(20)]
    for message in (b"hello", bytes(range(256)) * 100):
        for peer in peers:
            expect("TCP, evented", echoed(peer, message), message)
    for peer in peers:
        peer.close()

# The client that sends a report and waits for thanks.
with tempfile.TemporaryDirectory() as here, listening() as (ours, place):
    content = os.urandom(1 << 20)
    pathlib.Path(here, "report.pdf").write_bytes(content)
    client = subprocess.Popen([folder / "readme_report", place], cwd=here)
    peer, _ = ours.accept()
    with peer:
        expect("the report", receive_all(peer) == content, True)
        peer.sendall(b"thanks")
    expect("the client", client.wait(patience), 0)
done = subprocess.run([folder / "readme_report", "127.0.0.1:1"], stderr=subprocess.PIPE, timeout=patience)
expect("nobody there", (done.returncode, done.stderr), (1, b"connect: Connection refused\n"))

with serving("readme_udp_echo", "udp", bound_state), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as ours:
    ours.settimeout(patience)
    for message in (b"hello", b"", bytes(65507)):
        ours.sendto(message, ("127.0.0.1", 7777))
        expect("UDP", ours.recvfrom(1 << 16), (message, ("127.0.0.1", 7777)))
print("the programs of the README work")
