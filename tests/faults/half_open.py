#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""A peer that has vanished without a word is found out: by user_timeout while writing, by keep_alive while reading; by blocking
calls, and in a loop on each driver.

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
held = []
while True: held.append(server.accept())
"""


def ip(*words, check=True):
    done = subprocess.run(["ip", *words], capture_output=True, text=True)
    if check and done.returncode:
        print(f"needs network namespaces of its own; ip {' '.join(words)}: {done.stderr.strip()}")
        sys.exit(77)


def vanish():
    ip("-n", here, "neigh", "replace", "10.77.0.2", "lladdr", "02:00:00:00:00:99", "dev", "cable", "nud", "permanent")


class Peer:
    """One end of a connection, that waits to be told to go on."""

    def __init__(self, way, verb):
        self.name, self.verb = f"{way} {verb}", verb
        self.process = subprocess.Popen(["ip", "netns", "exec", here, program, way, verb, "10.77.0.2", "7"],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.said = self.process.stdout.readline().strip()
        if self.said != "connected" and self.said != f"no {way} here":
            sys.exit(f"{self.name}: {self.said}")

    def go_on(self):
        if self.said == "connected":
            self.process.stdin.write("go\n")
            self.process.stdin.flush()

    def end(self):
        out, _ = self.process.communicate(timeout=30)
        if self.said != "connected":
            return print(f"{self.name}: {self.said}")
        message, cause, took = out.splitlines()
        print(f"{self.name}: {message}, after {took} ms")
        least, most = (700, 6000) if self.verb == "write" else (2000, 9000)
        if cause != "timed_out" or not least <= int(took) <= most:
            sys.exit(f"{self.name}: expected timed_out after {least} to {most} ms")


server, peers = None, []
try:
    for name in (here, there):
        ip("netns", "add", name)
    ip("-n", here, "link", "add", "cable", "type", "veth", "peer", "name", "cable", "netns", there)
    for name, address in ((here, "10.77.0.1/24"), (there, "10.77.0.2/24")):
        ip("-n", name, "addr", "add", address, "dev", "cable")
        ip("-n", name, "link", "set", "cable", "up")
    server = subprocess.Popen(["ip", "netns", "exec", there, sys.executable, "-c", listener], stdout=subprocess.PIPE, text=True)
    server.stdout.readline()
    for way in "blocking", "uring", "epoll", "poll":
        peers += Peer(way, "write"), Peer(way, "read")
    vanish()
    for each in peers:
        each.go_on()
    for each in peers:
        each.end()
finally:
    for each in peers:
        each.process.kill()
        each.process.wait()
    if server:
        server.kill()
        server.wait()
    for name in (here, there):
        ip("netns", "del", name, check=False)
