#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""Thousands of clients that say a byte now and then, and never a whole line, cost an event-driven server a little memory each; who
says whole lines is served beside them; and each is left when the time for its line is over, whatever it still says."""

import contextlib
import os
import pathlib
import resource
import socket
import sys
import time

sys.path.insert(0, str(pathlib.Path(os.environ["PLUMB_SOURCE_ROOT"], "tests", "examples")))
from programs import Server, echoed, eventually, expect, patience, sanitized, skip

slow, brisk, seconds = 300 if sanitized else 1_500, 10, 3
drivers = "uring", "epoll", "poll"
program = pathlib.Path(os.environ["PLUMB_BUILD_ROOT"], "tests", "line_server")
_, most = resource.getrlimit(resource.RLIMIT_NOFILE)
if most < len(drivers) * (slow + 2 * brisk) + 100:
    skip(f"needs {len(drivers) * slow:,} descriptors, and {most:,} are allowed")


def allow_descriptors():
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


class Crowd:
    """The clients of one server."""

    def __init__(self, driver, stack):
        self.driver = driver
        self.server = stack.enter_context(Server(program, driver, str(seconds), preexec_fn=allow_descriptors))
        self.brisk = [stack.enter_context(self.server.connect()) for _ in range(brisk)]
        self.talk()
        self.descriptors, self.memory = self.server.descriptors(), self.server.resident_kilobytes()
        self.slow, self.since = [], time.monotonic()
        for _ in range(slow):
            self.slow.append(stack.enter_context(self.server.connect()))
            self.slow[-1].send(b"G")
        self.left = 0

    def talk(self):
        for number, each in enumerate(self.brisk):
            line = b"line %d\n" % number
            expect(f"{self.driver}: a line beside the slow ones", echoed(each, line), line)

    def dribble(self):
        for each in self.slow:
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):    # it has been left
                each.send(b".")

    def look(self):
        there, grown = self.server.descriptors() - self.descriptors, self.server.resident_kilobytes() - self.memory
        if time.monotonic() - self.since >= seconds:
            return print(f"{self.driver}: it took so long until all were there that some may have been left")
        print(f"{self.driver}: {grown / slow * 1024:.0f} bytes for each slow client")
        expect(f"{self.driver}: all are there", there, slow)
        expect(f"{self.driver}: {grown} KB for all of them", grown < 4 * slow, True)


allow_descriptors()
with contextlib.ExitStack() as stack:
    crowds = [Crowd(driver, stack) for driver in drivers]
    for each in crowds:
        each.talk()
        each.look()
    last = time.monotonic() + patience
    while any(each.server.descriptors() > each.descriptors for each in crowds):
        for each in crowds:
            each.dribble()
            each.talk()
        if time.monotonic() > last:
            sys.exit(f"slow clients are there after {patience} s")
        time.sleep(0.1)
    for each in crowds:
        waited = time.monotonic() - each.since
        expect(f"{each.driver}: left after {waited:.1f} s", waited >= seconds, True)
        for one in each.slow:
            with contextlib.suppress(ConnectionResetError):
                expect(f"{each.driver}: the end", one.recv(100), b"")
        each.talk()
