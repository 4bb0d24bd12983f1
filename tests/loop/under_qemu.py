#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""Where the kernel has no io_uring, as in qemu's user emulation, a loop stands on epoll by itself, and says why when asked."""

import errno
import os
import pathlib
import platform
import signal
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(os.environ["PLUMB_SOURCE_ROOT"], "tests", "examples")))
from programs import Server, echoed, expect, need, receive_all

emulator = f"qemu-{platform.machine()}-static"
need(emulator)
great = os.urandom(1 << 20)
no_ring = f"evented_echo_server: no uring here ({os.strerror(errno.ENOSYS)}): the next best will do\n"

for asked, on, first in ("auto", "epoll", ""), ("uring", "epoll", no_ring), ("epoll", "epoll", ""), ("poll", "poll", ""):
    with Server("evented_echo_server", f"--driver={asked}", before=[emulator]) as server:
        with server.connect() as one, server.connect() as other:
            for client, said in (one, b"hello"), (other, b"x"), (one, great), (other, b"bye"):
                expect(f"{asked}: {len(said)} bytes", echoed(client, said), said)
            server.process.send_signal(signal.SIGTERM)
            expect(f"{asked}: still served", echoed(one, b"last"), b"last")
        said = f"{first}evented_echo_server: loop 0 on {on} served 2, 0 of them failed and 0 were cut\n"
        expect(f"{asked}: its end", server.end(), (0, b"", said))

# Tests of the room's own, those that are soon done under an emulator, of which those that need io_uring leave themselves out.
tests = pathlib.Path(os.environ["PLUMB_BUILD_ROOT"]) / "tests"
for name in "async_acceptor", "awaitable", "limits", "scope", "verbs":
    program = next((path for path in (tests / "loop_tests", tests / f"loop_{name}") if path.exists()), None)
    if not program:
        sys.exit(f"the tests of {name} are not built")
    done = subprocess.run([emulator, program, f"--source-file=*/tests/loop/{name}.cpp"], capture_output=True, timeout=100)
    expect(f"{name}: {done.stdout.decode()[-2000:]}", done.returncode, 0)
