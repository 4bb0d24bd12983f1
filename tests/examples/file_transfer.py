#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""Files sent and received: byte by byte the same, with thanks by the other half of the connection."""

import os
import pathlib
import pty
import re
import select
import socket
import subprocess
import tempfile
import threading

from programs import Server, eventually, expect, folder, listening, patience, receive_all, reset, run

keeper = tempfile.TemporaryDirectory()
here = pathlib.Path(keeper.name)
sent, got = here / "sent", here / "got"


def received(server):
    expect("the receiver ends well", server.end(), (0, b"", ""))
    return got.read_bytes()


for size in (0, 1, 65535, 65536, 1 << 20, (1 << 20) + 1, 10 << 20):
    content = os.urandom(size)
    sent.write_bytes(content)
    got.write_bytes(b"what was there before")
    with Server("file_receive", got) as server:
        expect(f"{size} bytes", run("file_send", sent, server.text), (0, f"Thanks for {size} bytes.\n".encode(), ""))
        expect(f"{size} bytes arrive", received(server) == content, True)
content = sent.read_bytes()

# Python on the other side: the half-close is really one.
with Server("file_receive", got) as server, server.connect() as peer:
    peer.sendall(content)
    peer.shutdown(socket.SHUT_WR)
    expect("thanks", receive_all(peer), b"Thanks for 10485760 bytes.\n")
    expect("from Python", received(server) == content, True)


def against(serve):
    """Runs file_send against a receiver of ours."""
    with listening() as (ours, place):
        served = []

        def accept():
            peer, _ = ours.accept()
            with peer:
                peer.settimeout(patience)
                serve(peer)
            served.append(True)
        serving = threading.Thread(target=accept)
        serving.start()
        code, out, err = run("file_send", sent, place)
        serving.join()
        expect(f"{serve.__name__} went well", served, [True])
        return code, out, err.replace(place, "PLACE").replace(str(sent), "FILE")


def taking_all(peer):
    expect("what was sent", receive_all(peer) == content, True)
    peer.sendall(b"Thanks for 10485760 bytes.\n")


def forgetting(peer):
    receive_all(peer)
    peer.sendall(b"Thanks for 3 bytes.\n")


def silent(peer):
    receive_all(peer)


def breaking(peer):
    peer.recv(1 << 16)
    reset(peer)


def talking(peer):
    receive_all(peer)
    peer.sendall(b"thanks " * 1000)


expect("to Python", against(taking_all), (0, b"Thanks for 10485760 bytes.\n", ""))
expect("to a forgetful one", against(forgetting), (1, b"", "file_send: the receiver did not get all of FILE\n"))
expect("to a silent one", against(silent), (1, b"", "file_send: the receiver did not get all of FILE\n"))
expect("to a talker", against(talking), (1, b"", "file_send: read PLACE: Longer than the limit of 1000 bytes\n"))
code, out, err = against(breaking)
expect("to one that breaks", (code, out), (1, b""))
expect("why", err in [f"file_send: send_file FILE: {why}\n" for why in ("Connection reset by peer", "Broken pipe")], True)

# The sender crashes: no thanks, and no success.
with Server("file_receive", got) as server:
    peer = server.connect()
    peer.sendall(b"half of it")
    eventually("what has arrived is stored", lambda: got.read_bytes() == b"half of it")
    reset(peer)
    code, out, err = server.end()
    expect("a sender that breaks", (code, out, re.sub(r"\d+(?=: Conn)", "N", err)),
           (1, b"", "file_receive: read 127.0.0.1:N: Connection reset by peer\n"))

# The disk is full: both sides say so.
with Server("file_receive", "/dev/full") as server:
    code, out, err = run("file_send", sent, server.text)
    expect("the sender of too much", (code, out), (1, b""))
    expect("the full one", server.end(), (1, b"", "file_receive: write /dev/full: No space left on device\n"))

# What is no regular file: an empty one, one that says it has no size, and one that is none.
with Server("file_receive", got) as server:
    expect("nothing", run("file_send", "/dev/null", server.text)[:2], (0, b"Thanks for 0 bytes.\n"))
    expect("nothing arrives", received(server), b"")
version = pathlib.Path("/proc/version").read_bytes()
with Server("file_receive", got) as server:
    expect("/proc", run("file_send", "/proc/version", server.text)[:2], (0, f"Thanks for {len(version)} bytes.\n".encode()))
    expect("/proc arrives", received(server), version)
with Server("file_receive", got) as server:
    code, out, err = run("file_send", here, server.text)
    expect("a folder", (code, out, err), (1, b"", f"file_send: send_file {here}: Is a directory\n"))

# A progress bar for a person, and only there.
with Server("file_receive", got) as server:
    ours, theirs = pty.openpty()
    sending = subprocess.Popen([folder / "file_send", sent, server.text], stdout=subprocess.PIPE, stderr=theirs)
    os.close(theirs)
    drawn = b""
    while select.select([ours], [], [], patience)[0]:
        try:
            drawn += os.read(ours, 4096)
        except OSError:    # the terminal's way to say that nobody writes any more
            break
    os.close(ours)
    out, _ = sending.communicate(timeout=patience)
    expect("with a bar", (sending.returncode, out, received(server) == content), (0, b"Thanks for 10485760 bytes.\n", True))
    steps = re.findall(rb"\r\[(#* *)\] +(\d+) %  ([\d.]+) MB", drawn)
    expect("steps of the bar", (len(steps), steps[-1]), (10, (b"#" * 40, b"100", b"10.5")))
    expect("its end", drawn.endswith(b"MB\r\n"), True)

print("files arrive")
