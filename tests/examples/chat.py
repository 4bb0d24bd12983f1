#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""The chat room: what one says the others hear, and nobody can hold them up."""

import signal

from programs import Server, expect, receive_all, reset


class Guest:
    def __init__(self, server, name):
        self.peer = server.connect()
        self.heard = self.peer.makefile("r")
        self.say(name)

    def say(self, line):
        self.peer.sendall(line.encode() + b"\n")

    def hears(self, line):
        expect("heard", self.heard.readline(), line + "\n")

    def leave(self):
        self.heard.close()
        self.peer.close()


with Server("chat", "--lines=20") as server:
    anna = Guest(server, "anna")
    ben = Guest(server, "ben")
    anna.hears("* ben is here")
    carl = Guest(server, "carl")
    anna.hears("* carl is here")
    ben.hears("* carl is here")
    anna.say("hello")
    ben.hears("anna: hello")
    carl.hears("anna: hello")
    ben.say("hello anna\r\nhow are you")
    for guest in anna, carl:
        guest.hears("ben: hello anna")
        guest.hears("ben: how are you")

    # One who goes by a reset is missed like any other.
    reset(carl.peer)
    carl.heard.close()
    anna.hears("* carl has gone")
    ben.hears("* carl has gone")

    # One who does not read is shown out, and the others hear everything.
    deaf = Guest(server, "deaf")
    anna.hears("* deaf is here")
    ben.hears("* deaf is here")
    said = 0
    gone = False
    while not gone:
        ben.say("x" * 900)
        said += 1
        line = anna.heard.readline()
        if line == "* deaf has gone\n":
            gone = True
            line = anna.heard.readline()
        expect("the line", line, "ben: " + "x" * 900 + "\n")
        if said > 100_000:
            expect("the deaf one", "still there", "gone")

    # Whoever says too long a line, or comes without a name, is no guest.
    nobody = server.connect()
    nobody.sendall(b"\n")
    expect("no name", receive_all(nobody), b"")
    ben.hears("* deaf has gone")
    ben.say("y" * 2000)
    anna.hears("* ben has gone")

    # It ends when it is asked to, with guests in it.
    server.process.send_signal(signal.SIGTERM)
    expect("the end", receive_all(anna.peer), b"")
    code, out, err = server.end()
    expect("ended", (code, out), (0, b""))
