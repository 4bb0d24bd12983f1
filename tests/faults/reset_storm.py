#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""A hundred thousand connections that are reset, before they are accepted or while they talk, leave nothing behind in an
event-driven server: no descriptor, no memory, no work; and who comes then is served."""

import os
import pathlib
import re
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(os.environ["PLUMB_SOURCE_ROOT"], "tests", "examples")))
from programs import Server, echoed, eventually, expect, sanitized

resets = pathlib.Path(os.environ["PLUMB_BUILD_ROOT"], "tests", "resets")
each = 5_000 if sanitized else 50_000
patience = 100


def storm(server):
    subprocess.run([resets, str(server.place[1]), str(each)], check=True, timeout=patience)
    with server.connect() as client:    # who comes behind all of them
        expect("served beside the storm's end", echoed(client, b"hello"), b"hello")
    eventually("all have gone", lambda: server.descriptors() == descriptors)


for driver in "uring", "epoll", "poll":
    with Server("evented_echo_server", f"--driver={driver}") as server:
        descriptors = server.settled_descriptors()
        storm(server)
        memory = server.resident_kilobytes()
        storm(server)
        grown = server.resident_kilobytes() - memory
        expect(f"{driver}: {grown} KB more after as many again", grown < 512, True)
        before = server.processor_seconds()
        time.sleep(0.5)
        expect(f"{driver}: nobody there costs nothing", server.processor_seconds() - before <= 0.02, True)
        server.process.terminate()
        code, out, err = server.end()
        expect(f"{driver}: its end", (code, out), (0, b""))
        served, failed = map(int, re.search(r"served (\d+), (\d+) of them failed and 0 were cut\n$", err).groups())
        expect(f"{driver}: {served} were accepted, {failed} failed", 0.9 * 2 * each <= failed <= served <= 2 * each + 3, True)
        print(f"{driver}: {served} accepted, {failed} of them failed, {grown} KB more after the second half")
