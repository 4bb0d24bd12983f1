#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""The TCP echo client against servers that do what networks do: cut, dribble, stop early and break."""

import socket
import threading

from programs import expect, listening, patience, receive_exactly, reset, run


def against(serve, said):
    """Runs the client against one connection that `serve` handles; its result, with the place named PLACE."""
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
        code, out, err = run("tcp_echo_client", place, input=said)
        serving.join()
        expect(f"{serve.__name__} went well", served, [True])
        return code, out, err.replace(place, "PLACE")


def dribbling(peer):
    """Sends the echo back in single segments of one byte: one read is not one message."""
    peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    for byte in receive_exactly(peer, 300):
        peer.sendall(bytes([byte]))
    peer.recv(1)


def stopping_early(peer):
    peer.sendall(receive_exactly(peer, 10)[:4])
    peer.shutdown(socket.SHUT_WR)
    peer.recv(1)


def saying_nothing(peer):
    receive_exactly(peer, 10)


def breaking(peer):
    peer.recv(1)
    reset(peer)


def lying(peer):
    peer.sendall(receive_exactly(peer, 10).swapcase())
    peer.recv(1)


def saying_too_much(peer):
    peer.sendall(receive_exactly(peer, 10) + b"and more")


message = bytes(range(256)) + b"\0 and the rest, without a newline at all: 300"[:44]
expect("the message", len(message), 300)
expect("dribbles", against(dribbling, message), (0, message, ""))
ten = b"ten bytes\n"
expect("early end", against(stopping_early, ten),
       (1, b"", "tcp_echo_client: read PLACE: The stream ended early, after 4 bytes\n"))
expect("no answer", against(saying_nothing, ten),
       (1, b"", "tcp_echo_client: read PLACE: The stream ended early, after 0 bytes\n"))
expect("reset", against(breaking, ten), (1, b"", "tcp_echo_client: read PLACE: Connection reset by peer\n"))
expect("another text", against(lying, ten), (1, b"TEN BYTES\n", "tcp_echo_client: that is not what was sent\n"))
expect("more than that", against(saying_too_much, ten), (0, ten, ""))

# A read of exactly the buffer's size, one less and one more.
for size in (16383, 16384, 16385, 32768):
    def echo(peer, size=size):
        left = size
        while left:
            piece = peer.recv(min(left, 1000))
            peer.sendall(piece)
            left -= len(piece)
        peer.recv(1)
    expect(f"{size} bytes", against(echo, b"x" * size), (0, b"x" * size, ""))

# Nothing is said: nothing is waited for.
def hearing_nothing(peer):
    expect("its end", peer.recv(1), b"")


expect("empty input", against(hearing_nothing, b""), (0, b"", ""))

print("the TCP echo client behaves")
