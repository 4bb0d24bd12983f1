#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""Ten thousand connections from another process, on each driver at once: each is answered before and after a minute in which
nothing happens, and which costs the server nothing. Then all are reset together, and nothing of them is left."""

import contextlib
import os
import pathlib
import resource
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(os.environ["PLUMB_SOURCE_ROOT"], "tests", "examples")))
from programs import Server, echoed, eventually, expect, skip

count, idle_seconds = 10_000, 60
holder = pathlib.Path(os.environ["PLUMB_BUILD_ROOT"], "benchmarks", "evented_echo", "evented_echo")
if not holder.exists():
    skip("the benchmarks are not built")
_, most = resource.getrlimit(resource.RLIMIT_NOFILE)
if most < count + 100:
    skip(f"{count:,} connections need as many descriptors, and {most:,} are allowed")


def allow_descriptors():
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


class Clients:
    """Ten thousand of a server's clients, in a process that knows nothing of plumb and looks at every byte."""

    def __init__(self, server):
        self.process = subprocess.Popen([holder, "--hold", str(server.place[1]), str(count)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def says(self, line):
        expect("the clients", self.process.stdout.readline(), line + "\n")

    def speak(self):
        self.process.stdin.write("\n")
        self.process.stdin.flush()

    def end(self):
        self.process.stdin.close()
        expect("the clients' end", self.process.wait(timeout=100), 0)


with contextlib.ExitStack() as stack:
    servers = {driver: stack.enter_context(Server("evented_echo_server", f"--driver={driver}", "--connections=11000", preexec_fn=allow_descriptors))
               for driver in ("uring", "epoll", "poll")}
    descriptors = {driver: server.settled_descriptors() for driver, server in servers.items()}
    memory = {driver: server.resident_kilobytes() for driver, server in servers.items()}
    clients = {driver: Clients(server) for driver, server in servers.items()}
    for each in clients.values():
        stack.callback(each.process.kill)

    def all_answered():
        for each in clients.values():
            each.speak()
        for each in clients.values():
            each.says(f"{count} answered")

    for each in clients.values():
        each.says(f"{count} connected")
    all_answered()
    for driver, server in servers.items():
        grown = server.resident_kilobytes() - memory[driver]
        print(f"{driver}: {grown / count * 1024:.0f} bytes a connection")
        expect(f"{driver}: {grown} KB for all of them", grown < 2 * count, True)
    before = {driver: server.processor_seconds() for driver, server in servers.items()}
    time.sleep(idle_seconds)
    for driver, server in servers.items():
        used = server.processor_seconds() - before[driver]
        expect(f"{driver}: {used:.2f} s of work in an idle minute", used <= 0.02, True)
    all_answered()
    for driver, server in servers.items():
        with server.connect() as late:
            expect(f"{driver}: one more", echoed(late, b"hello"), b"hello")
        clients[driver].end()
    for driver, server in servers.items():
        eventually(f"{driver}: all have gone", lambda: server.descriptors() == descriptors[driver])
        with server.connect() as later:
            expect(f"{driver}: one after all of them", echoed(later, b"hello"), b"hello")
        server.process.terminate()
        code, out, err = server.end()
        said = f"evented_echo_server: loop 0 on {driver} served {count + 3}, {count} of them failed and 0 were cut\n"
        expect(f"{driver}: its end", (code, out, err), (0, b"", said))
