#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""The chat room: everybody hears what the others say, and nobody has to wait for anybody."""

import asyncio
import re
import signal
import socket
import subprocess

from programs import Server, eventually, expect, need, patience, receive_all, reset

need("socat")
welcome = b"* welcome: what is your name?\n"


class Member:
    """Somebody in the room, whose connection is looked at line by line."""

    def __init__(self, server, name=None, receive_buffer=None):
        self.peer = socket.socket()
        if receive_buffer:
            self.peer.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.peer.settimeout(patience)
        self.peer.connect(server.place)
        self.file = self.peer.makefile("rb")
        self.hears(welcome)
        if name:
            self.says(name)
            self.hears(b"* %s has come\n" % name)

    def says(self, *lines):
        self.peer.sendall(b"".join(line + b"\n" for line in lines))

    def hears(self, *lines):
        for line in lines:
            expect("heard", self.file.readline(), line)

    def leaves(self):
        self.file.close()
        self.peer.close()


with Server("chat") as server:
    # Who comes, what is said, other names, who goes.
    ann = Member(server, b"ann")
    bob = Member(server, b"bob")
    ann.hears(b"* bob has come\n")
    ann.says(b"hello")
    bob.hears(b"ann: hello\n")
    bob.says(b"hello", b"", b"two lines at once\r")
    ann.hears(b"bob: hello\n", b"bob: two lines at once\n")
    ann.says(b"/nick anna")
    for each in (ann, bob):
        each.hears(b"* ann is now anna\n")
    bob.says(b"/who", b"/nick anna", b"/nick b b", b"/nick " + b"x" * 21, b"/nick ", b"/help")
    bob.hears(b"* here: anna, bob\n", b"* that name is taken: another one?\n", *[b"* a name has 1 to 20 letters, digits, - and _: another one?\n"] * 3,
              b"* what I know is /nick NAME, /who and /quit\n")

    # A line in pieces; what could steer a terminal; what is no letter of this one.
    for piece in (b"in ", b"three ", b"pieces\n"):
        bob.peer.sendall(piece)
        bob.says(b"/who") if piece.endswith(b"\n") else None
    bob.hears(b"* here: anna, bob\n")
    ann.hears(b"bob: in three pieces\n")
    bob.says(b"\x1b[2J\x07\x7f\0" + "ü".encode())
    ann.hears(b"bob: ?[2J???" + "ü".encode() + b"\n")

    # A name that is taken from the start; one who says nothing at all.
    other = Member(server)
    other.says(b"bob", b"", b"not a name", b"carl")
    other.hears(b"* that name is taken: another one?\n", b"* a name has 1 to 20 letters, digits, - and _: another one?\n", b"* carl has come\n")
    for each in (ann, bob):
        each.hears(b"* carl has come\n")
    silent = Member(server)

    # The longest line, and one that is longer: whether it ends or not.
    other.says(b"x" * 999)
    for each in (ann, bob):
        each.hears(b"carl: " + b"x" * 999 + b"\n")
    other.says(b"x" * 1000, b"never heard")
    other.hears(b"* that line is too long: good bye\n", b"")
    silent.peer.sendall(bytes(100_000))
    silent.hears(b"* that line is too long: good bye\n", b"")
    for each in (other, silent):
        each.leaves()
    for each in (ann, bob):
        each.hears(b"* carl has left\n")

    # socat comes, says its last line without an end, half-closes and is answered; /quit; a reset.
    said = subprocess.run(["socat", "-t10", "-", f"TCP:{server.text}"], input=b"socat\n/who", capture_output=True, timeout=patience)
    expect("socat", said.stdout, welcome + b"* socat has come\n* here: anna, bob, socat\n")
    bob.hears(b"* socat has come\n", b"* socat has left\n")
    quitting = Member(server, b"quitting")
    quitting.says(b"/quit", b"never heard")
    quitting.hears(b"")
    bob.hears(b"* quitting has come\n", b"* quitting has left\n")
    crashing = Member(server, b"crashing")
    crashing.says(b"last words")
    crashing.file.close()
    reset(crashing.peer)
    while (line := bob.file.readline()) != b"* crashing has left\n":    # a reset may overtake what was said
        expect("before a reset", line in (b"* crashing has come\n", b"crashing: last words\n"), True)

    # All are told when it closes; those who have no name too.
    nameless = Member(server)
    server.process.send_signal(signal.SIGTERM)
    for each in (bob, nameless):
        each.hears(b"* the room is closed\n", b"")
        each.leaves()
    expect("the last that ann hears", receive_all(ann.peer).endswith(b"* the room is closed\n"), True)
    ann.leaves()
    code, out, err = server.end()
    expect("closed", (code, out, err.splitlines()[-1]), (0, b"", "chat: stopped: 8 accepted, 1 failed, 0 crashed, 0 cut"))

# Those who do not read: the others do not wait for them, what is kept for them is bounded, and they are told.
with Server("chat", "--backlog=20000") as server:
    speaker, reader = Member(server, b"speaker"), Member(server, b"reader")
    speaker.hears(b"* reader has come\n")
    late = Member(server, b"late", receive_buffer=4096)
    for each in (speaker, reader):
        each.hears(b"* late has come\n")
    lines = [b"%d " % number + b"x" * 900 for number in range(1000)]
    before = server.resident_kilobytes()
    for line in lines:
        speaker.says(line)
        reader.hears(b"speaker: " + line + b"\n")
    expect("what is kept is bounded", server.resident_kilobytes() - before < 1000, True)
    heard, told = 0, None
    while not told:    # in order and without a gap until it is told of one
        line = late.file.readline()
        told = re.fullmatch(rb"\* (\d+) lines were left out: you read too slowly\n", line)
        if not told:
            expect("heard late", line, b"speaker: " + lines[heard] + b"\n")
            heard += 1
    expect("none is missed without being told", heard + int(told[1]), len(lines))
    speaker.says(b"and again")
    late.hears(b"speaker: and again\n")
    reader.hears(b"speaker: and again\n")

# Those who never read, and those who never say who they are, are sent away in time.
with Server("chat", "--backlog=20000", "--patience=2") as server:
    speaker, reader = Member(server, b"speaker"), Member(server, b"reader")
    speaker.hears(b"* reader has come\n")
    deaf = Member(server, b"deaf", receive_buffer=4096)
    for each in (speaker, reader):
        each.hears(b"* deaf has come\n")
    for line in lines[:300]:
        speaker.says(line)
        reader.hears(b"speaker: " + line + b"\n")
    nameless = Member(server)
    for each in (speaker, reader):
        each.hears(b"* deaf has left\n")
    nameless.hears(b"")
    for each in (speaker, reader, deaf, nameless):
        each.leaves()
    eventually("all have left", lambda: server.descriptors() < 10)
    used = server.processor_seconds()
    expect("nobody in the room costs nothing", Member(server) and server.processor_seconds() - used < 0.05, True)


class Gate:
    """Opens when so many wait at it."""

    def __init__(self, count):
        self.left, self.open = count, asyncio.Event()

    async def wait(self):
        self.left -= 1
        if self.left == 0:
            self.open.set()
        await self.open.wait()


async def talk(place, number, count, everybody_is_there):
    """One of many: hears everybody come, says something, and hears everybody say it."""
    reader, writer = await asyncio.open_connection(*place)
    writer.write(b"member%d\n" % number)
    expect("welcome", await reader.readline(), welcome)
    while await reader.readline() != b"* member%d has come\n" % number:
        pass
    await everybody_is_there.wait()
    writer.write(b"here is %d\n" % number)
    heard = set()
    while len(heard) < count - 1:
        line = await reader.readline()
        if not line.startswith(b"*"):
            expect("once each", line in heard, False)
            heard.add(line)
    expect("everybody", heard, {b"member%d: here is %d\n" % (other, other) for other in range(count) if other != number})
    return writer


async def crowd(place, count):
    everybody_is_there = Gate(count)
    for writer in await asyncio.gather(*(talk(place, number, count, everybody_is_there) for number in range(count))):
        writer.close()


with Server("chat") as server:
    asyncio.run(asyncio.wait_for(crowd(server.place, 200), patience))
    eventually("they have left", lambda: server.descriptors() < 10)
    server.process.send_signal(signal.SIGINT)
    code, out, err = server.end()
    expect("200 members", (code, out, err.splitlines()[-1].startswith("chat: stopped: 200 accepted")), (0, b"", True))

print("the chat room behaves")
