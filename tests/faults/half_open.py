#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""A peer that has vanished without a word is found out: by user_timeout while writing, by keep_alive while reading.

Two network namespaces, joined by a cable; the peer vanishes when its hardware address is learnt wrongly.
"""

import os
import pathlib
import subprocess
import sys

program = pathlib.Path(os.environ["PLUMB_BUILD_ROOT"], "tests", "half_open_peer")
here, there = f"plumb-a{os.getpid()}", f"plumb-b{os.getpid()}"
listener = """
import socket
server = socket.create_server(("10.77.0.2", 7))
print("ready", flush=True)
while True: held = server.accept(), globals().get("held")
"""


def ip(*words, check=True):
    done = subprocess.run(["ip", *words], capture_output=True, text=True)
    if check and done.returncode:
        print(f"needs network namespaces of its own; ip {' '.join(words)}: {done.stderr.strip()}")
        sys.exit(77)


def vanish():
    ip("-n", here, "neigh", "replace", "10.77.0.2", "lladdr", "02:00:00:00:00:99", "dev", "cable", "nud", "permanent")


def reappear():
    ip("-n", here, "neigh", "del", "10.77.0.2", "dev", "cable")


def try_it(way, least, most):
    peer = subprocess.Popen(["ip", "netns", "exec", here, program, way, "10.77.0.2", "7"],
                            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    if (said := peer.stdout.readline().strip()) != "connected":
        sys.exit(f"{way}: {said}")
    vanish()
    out, _ = peer.communicate("go\n", timeout=30)
    reappear()
    message, cause, took = out.splitlines()
    print(f"{way}: {message}, after {took} ms")
    if cause != "timed_out" or not least <= int(took) <= most:
        sys.exit(f"{way}: expected timed_out after {least} to {most} ms")


server = None
try:
    for name in (here, there):
        ip("netns", "add", name)
    ip("-n", here, "link", "add", "cable", "type", "veth", "peer", "name", "cable", "netns", there)
    for name, address in ((here, "10.77.0.1/24"), (there, "10.77.0.2/24")):
        ip("-n", name, "addr", "add", address, "dev", "cable")
        ip("-n", name, "link", "set", "cable", "up")
    server = subprocess.Popen(["ip", "netns", "exec", there, sys.executable, "-c", listener], stdout=subprocess.PIPE, text=True)
    server.stdout.readline()
    try_it("write", 700, 6000)
    try_it("read", 2000, 9000)
finally:
    if server:
        server.kill()
        server.wait()
    for name in (here, there):
        ip("netns", "del", name, check=False)
