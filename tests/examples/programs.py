# SPDX-License-Identifier: BSL-1.0
"""Starts the examples and looks at them from outside."""

import contextlib
import os
import pathlib
import re
import shutil
import socket
import struct
import subprocess
import sys
import time

folder = pathlib.Path(os.environ["PLUMB_BUILD_ROOT"]) / "examples"
sanitized = "PLUMB_SANITIZED" in os.environ
patience = 30    # seconds until what should have happened counts as never


def expect(what, got, wanted):
    if got != wanted:
        sys.exit(f"{what}: got {shortened(got)}, wanted {shortened(wanted)}")


def shortened(value):
    text = repr(value)
    return text if len(text) < 500 else f"{text[:500]}… ({len(text)} characters)"


def skip(why):
    print(why)
    sys.exit(77)


def need(tool):
    if not shutil.which(tool):
        skip(f"{tool} is missing")


def run(name, *words, input=b"", **more):
    """Runs a program to its end: exit code, stdout and stderr."""
    done = subprocess.run([folder / name, *words], input=input, capture_output=True, timeout=patience, **more)
    return done.returncode, done.stdout, done.stderr.decode()


class Server:
    """A program that listens. It is ended with the block that it is for."""

    def __init__(self, name, *words, before=(), **more):
        self.process = subprocess.Popen([*before, folder / name, *words], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE, **more)
        self.first_line = self.process.stdout.readline().decode()
        found = re.fullmatch(r"listening on ((.*):(\d+))\n", self.first_line)
        if not found:
            self.process.kill()
            sys.exit(f"{name} {words}: said {self.first_line!r}, {self.process.stderr.read()!r}")
        self.text, self.place = found[1], (found[2].strip("[]"), int(found[3]))
        self.pid = self.process.pid

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.communicate()

    def connect(self):
        return socket.create_connection(self.place, timeout=patience)

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.pid}/fd"))

    def settled_descriptors(self):
        """How many an echo server has open when it has begun to serve and nobody is there."""
        with self.connect() as first:
            expect("the first echo", echoed(first, b"."), b".")
            held = self.descriptors() - 1
        eventually("the first has gone", lambda: self.descriptors() == held)
        return held

    def resident_kilobytes(self):
        """What it holds in memory; nothing under a sanitizer, which holds back what was freed."""
        if sanitized:
            return 0
        return int(re.search(r"VmRSS:\s*(\d+)", pathlib.Path(f"/proc/{self.pid}/status").read_text())[1])

    def processor_seconds(self):
        fields = pathlib.Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def end(self):
        """Waits until it ends by itself: exit code, the rest of stdout, stderr."""
        out, err = self.process.communicate(timeout=patience)
        return self.process.returncode, out, err.decode()


def eventually(what, holds):
    """Waits until something holds."""
    last = time.monotonic() + patience
    while not holds():
        if time.monotonic() > last:
            sys.exit(f"{what}: not within {patience} s")
        time.sleep(0.01)


def receive_all(peer):
    """Everything up to the end of the stream."""
    pieces = []
    while piece := peer.recv(1 << 16):
        pieces.append(piece)
    return b"".join(pieces)


def receive_exactly(peer, size):
    heard = b""
    while len(heard) < size:
        piece = peer.recv(size - len(heard))
        if not piece:
            sys.exit(f"the stream ended after {len(heard)} of {size} bytes")
        heard += piece
    return heard


def echoed(peer, message):
    """Says a message and gives what comes back."""
    peer.sendall(message)
    return receive_exactly(peer, len(message))


def reset(peer):
    """Closes a connection as a crash does: by a reset."""
    peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    peer.close()


@contextlib.contextmanager
def listening(kind=socket.SOCK_STREAM):
    """A socket of our own that the programs can talk to, and its HOST:PORT."""
    with socket.socket(socket.AF_INET, kind) as ours:
        ours.bind(("127.0.0.1", 0))
        if kind == socket.SOCK_STREAM:
            ours.listen()
        ours.settimeout(patience)
        yield ours, "127.0.0.1:%d" % ours.getsockname()[1]


def start(name, *words, **more):
    """Starts a program whose input and output are pipes."""
    return subprocess.Popen([folder / name, *words], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **more)
