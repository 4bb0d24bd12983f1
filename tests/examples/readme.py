#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""The programs that the README shows, in a network of their own, since the port of the servers is fixed."""

import os
import pathlib
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


def listens(table):
    return ":1E61 " in open(f"/proc/net/{table}").read()    # 7777


# The TCP server: bytes come back, to one after the other.
server = subprocess.Popen([folder / "readme_echo"], stderr=subprocess.PIPE)
eventually("it listens", lambda: listens("tcp"))
for message in (b"hello", bytes(range(256)) * 100):
    with socket.create_connection(("127.0.0.1", 7777), timeout=patience) as peer:
        expect("TCP", echoed(peer, message), message)

# It is the shortest server, not the most patient one: a second of its kind says why it cannot start.
second = subprocess.run([folder / "readme_echo"], stderr=subprocess.PIPE, timeout=patience)
expect("its last words", "bind: Address already in use" in second.stderr.decode(), True)
server.kill()
server.communicate()

# The event-driven one: to all at once.
server = subprocess.Popen([folder / "readme_evented"], stderr=subprocess.PIPE)
eventually("it listens", lambda: listens("tcp"))
peers = [socket.create_connection(("127.0.0.1", 7777), timeout=patience) for _ in range(20)]
for message in (b"hello", bytes(range(256)) * 100):
    for peer in peers:
        expect("TCP, evented", echoed(peer, message), message)
for peer in peers:
    peer.close()
server.kill()
server.communicate()

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

server = subprocess.Popen([folder / "readme_udp_echo"])
eventually("it is bound", lambda: listens("udp"))
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as ours:
    ours.settimeout(patience)
    for message in (b"hello", b"", bytes(65507)):
        ours.sendto(message, ("127.0.0.1", 7777))
        expect("UDP", ours.recvfrom(1 << 16), (message, ("127.0.0.1", 7777)))
server.kill()
server.communicate()
print("the programs of the README work")
